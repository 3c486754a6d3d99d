import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import type { ViteUserConfig } from 'vitest/config';
import { fieldDocs } from './src/cli/launch/field-docs.js';
import { kubernetesSchema } from './src/cli/launch/kubernetes-schema.js';
import { lessonIndex } from './src/cli/launch/lesson-index.js';

/** monaco-worker-manager and monaco-yaml import paths that monaco-editor no longer exports, and a formatter nobody calls. */
const MONACO_ALIASES = [
  { find: /^monaco-editor\/esm\/vs\/(.*)$/, replacement: 'monaco-editor/$1' },
  { find: /^prettier\/.*$/, replacement: fileURLToPath(new URL('./src/ui/editor/no-formatter.ts', import.meta.url)) },
];

/** What every page's head holds, the policy of what it may load among it: written once, put where a page has `<!--head-->`. */
const HEAD = readFileSync(new URL('./src/ui/head.html', import.meta.url), 'utf8').trimEnd();
const sharedHead: Plugin = {
  name: 'shared-head',
  transformIndexHtml: { order: 'pre', handler: (html) => html.replace('<!--head-->', () => HEAD) },
};

/** Node entry points: every file of `src/cli` that is not a test becomes `.build/NAME.js`, with all it needs inside. */
function nodeBuild(): ViteUserConfig {
  const names = readdirSync(new URL('./src/cli', import.meta.url))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => name.slice(0, -'.ts'.length));
  return {
    publicDir: false,
    plugins: [fieldDocs()],
    build: {
      ssr: true,
      outDir: '.build',
      target: 'node20',
      minify: false,
      rolldownOptions: {
        input: Object.fromEntries(names.map((name) => [name, `src/cli/${name}.ts`])),
        output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
    ssr: { noExternal: true },
  };
}

/** A file of a lesson: the files of each are one module of the page. */
const LESSON = /[\\/]lessons[\\/]([\w-]+)[\\/][\w-]+\.\w+\?raw/;

/** What the sandbox's first view, lessons and embeds all need, and Home does not: one chunk, since each costs a request. */
const PAGE = new RegExp(
  `/src/(${[
    'kubectl/io',
    'protocol/control',
    'scene/layer-set',
    'ui/compare/comparison',
    'ui/connection/control',
    'ui/editor/(apply-flow|ApplyBar|PlainEditor|indentation|yaml-colours|yaml-sheet)',
    'ui/files/file',
    'ui/layout/lay',
    'ui/page/(page|live-region|presenter|single-keys|stage-ref)[.]',
    'ui/share/(cluster-taker|shared-documents)',
    'ui/starters/',
    'ui/style/tab-keys',
    'ui/terminal/(command-line|output[.]|OutputView|terminal-session)',
    'ui/time/(lanes|PlayButton|rail|timescale|transport)',
  ].join('|')})`,
);

/** The site: static files with relative addresses, for any folder of any host. */
function siteBuild(): ViteUserConfig {
  return {
    base: './',
    plugins: [
      svelte({ configFile: false, compilerOptions: { runes: true } }),
      kubernetesSchema(),
      fieldDocs(),
      lessonIndex(),
      sharedHead,
    ],
    resolve: { alias: MONACO_ALIASES },
    build: {
      target: 'es2023',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 4000,
      rolldownOptions: {
        input: { index: 'index.html', embed: 'embed.html' },
        output: {
          codeSplitting: {
            groups: [
              { test: LESSON, name: (id) => `lesson-${LESSON.exec(id)?.[1] ?? ''}` },
              /* Small modules that several chunks share: apart, each costs the first view more than it holds. */
              {
                test: /src\/(base\/(assert|random)|protocol\/frame|ui\/share\/started-clusters)\.ts$/,
                name: 'frame',
                includeDependenciesRecursively: false,
              },
              { test: PAGE, name: 'page', includeDependenciesRecursively: false },
              {
                test: /src\/scene\/(control-plane|menu|navigation|ref|wishes|words)\.ts$/,
                name: 'scene',
                includeDependenciesRecursively: false,
              },
              {
                test: /src\/scene\/(easing|frame-picture|keys|lettering|picture|strain)\.ts$/,
                name: 'picture',
                includeDependenciesRecursively: false,
              },
            ],
          },
        },
      },
    },
    worker: { format: 'es', plugins: () => [] },
    optimizeDeps: { include: ['monaco-yaml/yaml.worker.js', 'monaco-yaml'] },
  };
}

const TESTS: ViteUserConfig['test'] = {
  testTimeout: 30_000,
  projects: [
    { extends: true, test: { name: 'long', environment: 'node', include: ['src/**/*.long.ts'] } },
    {
      extends: true,
      test: {
        name: 'node',
        environment: 'node',
        /* What runs without a page keeps nothing between files, so each worker loads it once. */
        isolate: false,
        include: ['src/**/*.test.ts'],
        exclude: ['src/ui/**', 'src/embed/**'],
      },
    },
    {
      extends: true,
      resolve: { conditions: ['browser'] },
      test: { name: 'page', environment: 'jsdom', include: ['src/ui/**/*.test.ts', 'src/embed/**/*.test.ts'] },
    },
  ],
};

export default defineConfig(({ mode }) => (mode === 'cli' ? nodeBuild() : { ...siteBuild(), test: TESTS }));
