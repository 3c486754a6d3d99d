import type * as monaco from 'monaco-editor/editor/editor.api.js';

/** The names under which Monaco knows the page's two themes. */
export const THEMES = { light: 'podium-light', dark: 'podium-dark' } as const;

/** Tells Monaco the page's tokens. Both themes are read as they are now, and the one in use is read again when it changes. */
export function defineThemes(api: typeof monaco): void {
  const probe = document.body.appendChild(document.createElement('span'));
  const token = tokenReader(probe);
  const rule = (scope: string, name: string): monaco.editor.ITokenThemeRule => ({
    token: scope,
    foreground: token(name).slice(1),
  });
  for (const [mode, name] of Object.entries(THEMES)) {
    api.editor.defineTheme(name, {
      base: mode === 'dark' ? 'vs-dark' : 'vs',
      inherit: true,
      rules: [
        rule('', 'ink'),
        rule('type', 'syn-key'),
        rule('type.yaml', 'syn-key'),
        rule('string', 'syn-str'),
        rule('string.yaml', 'syn-str'),
        rule('number', 'syn-num'),
        rule('keyword', 'syn-num'),
        rule('comment', 'syn-com'),
        rule('operators', 'ink-2'),
        rule('delimiter', 'ink-2'),
      ],
      colors: {
        'editor.background': token('surface'),
        'editor.foreground': token('ink'),
        'editorLineNumber.foreground': token('ink-3'),
        'editorLineNumber.activeForeground': token('ink'),
        ...Object.fromEntries(
          [1, 2, 3, 4, 5, 6].map((depth) => [`editorBracketHighlight.foreground${depth}`, token('ink-2')]),
        ),
        'editorCursor.foreground': token('ink'),
        'editor.selectionBackground': `${token('signal')}44`,
        'editorError.foreground': token('bad'),
        'editorWarning.foreground': token('warn'),
        'editorWidget.background': token('raised'),
        'editorWidget.border': token('line'),
        'editorHoverWidget.background': token('raised'),
        'editorHoverWidget.border': token('line'),
        'editorSuggestWidget.background': token('raised'),
        'editorSuggestWidget.selectedBackground': token('signal-soft'),
        'editorSuggestWidget.selectedForeground': token('ink'),
        'editorSuggestWidget.highlightForeground': token('signal'),
        'editorSuggestWidget.focusHighlightForeground': token('signal'),
        'scrollbarSlider.background': `${token('line-strong')}33`,
        'scrollbarSlider.hoverBackground': `${token('line-strong')}66`,
        'scrollbarSlider.activeBackground': `${token('line-strong')}99`,
        focusBorder: token('signal'),
      },
    });
  }
  probe.remove();
}

/**
 * Reads tokens as the browser resolves them, in forced colours too, where they name colours of the system. They are
 * resolved on an element of their own, each once: on the page's root each would have the whole page styled again.
 */
function tokenReader(probe: HTMLElement): (name: string) => string {
  const known = new Map<string, string>();
  return (name) => {
    let colour = known.get(name);
    if (colour === undefined) {
      probe.style.color = `var(--${name})`;
      colour = hexOf(getComputedStyle(probe).color);
      known.set(name, colour);
    }
    return colour;
  };
}

/** `rgb(1, 2, 3)` → `#010203`, which is all that Monaco reads. */
function hexOf(colour: string): string {
  const [red, green, blue] = [...colour.matchAll(/\d+/g)].map((match) => Number(match[0]));
  if (red === undefined || green === undefined || blue === undefined) return '#000000';
  return `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}
