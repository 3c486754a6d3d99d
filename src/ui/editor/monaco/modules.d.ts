declare module 'virtual:kubernetes-schema' {
  const schema: Record<string, unknown>;
  export default schema;
}

declare module 'monaco-editor/editor/contrib/suggest/browser/suggestController.js';

declare module 'monaco-editor/languages/definitions/yaml/yaml.js' {
  import type { languages } from 'monaco-editor/editor/editor.api.js';

  export const conf: languages.LanguageConfiguration;
}
