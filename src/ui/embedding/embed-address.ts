import { packText } from '../share/link';

export const PANELS = ['yaml', 'cluster'] as const;
export type Panel = (typeof PANELS)[number];

export const THEMES = ['light', 'dark'] as const;

/** What an embedding page asks for. */
export interface EmbedChoice {
  title: string;
  preset: string;
  /** The editor's text; empty for the starter file. */
  yaml: string;
  panels: readonly Panel[];
  /** `undefined`: the reader's system decides. */
  theme: (typeof THEMES)[number] | undefined;
  /** The origin of the embedding page, which alone is told the frame's height; empty for none. */
  origin: string;
}

/** Begins the fragment that names a starter cluster, and the part that holds the editor's text. */
export const PRESET = '#preset=';
export const YAML = '&yaml=';

/** The address of the frame, below the site's own. */
export async function embedAddress({ title, preset, yaml, panels, theme, origin }: EmbedChoice): Promise<string> {
  const query = new URLSearchParams();
  if (title !== '') query.set('title', title);
  if (panels.length < PANELS.length) query.set('panels', panels.join(','));
  if (theme) query.set('theme', theme);
  if (origin !== '') query.set('origin', origin);
  const asked = query.toString();
  const packed = yaml === '' ? '' : YAML + (await packText(yaml));
  return `embed.html${asked && `?${asked}`}${PRESET}${encodeURIComponent(preset)}${packed}`;
}

/** An origin as a message's target: never the wildcard, nor an address with a path. */
export function originOf(text: string | null): string | undefined {
  if (text === null || !URL.canParse(text)) return undefined;
  const { origin } = new URL(text);
  return origin === 'null' ? undefined : origin;
}

/** Widths of a frame, in px; below 640 its panels are tabs. */
export const WIDTHS = [400, 640, 760] as const;
/** How high a frame is before it has said how much it needs. */
export const HEIGHT = 490;

export interface SnippetChoice {
  /** Where the site is, ending in a slash. */
  site: string;
  address: string;
  title: string;
  width: number;
  origin: string;
}

const attribute = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

/** Our own element, which grows with its cluster: for a page that may load a script of this site. */
export function elementSnippet({ site, address, title, width }: SnippetChoice): string {
  return [
    `<script src="${attribute(site)}podium-embed.js" defer></script>`,
    `<podium-sandbox src="${attribute(site + address)}"`,
    `  title="${attribute(title || 'Podium')}" width="${width}" height="${HEIGHT}"></podium-sandbox>`,
  ].join('\n');
}

/** A plain frame. Where an origin is given, with the lines that give it the height it asks for. */
export function frameSnippet({ site, address, title, width, origin }: SnippetChoice): string {
  const frame = [
    `<iframe id="podium" src="${attribute(site + address)}"`,
    `  sandbox="allow-scripts" title="${attribute(title || 'Podium')}" width="${width}" height="${HEIGHT}"`,
    `  style="border: 0; max-width: 100%"></iframe>`,
  ];
  if (origin === '') return frame.join('\n');
  return [
    ...frame,
    '<script>',
    "  addEventListener('message', ({ data, origin, source }) => {",
    "    const frame = document.getElementById('podium');",
    "    if (source !== frame.contentWindow || origin !== 'null') return;",
    "    if (data.type === 'podium-height') frame.height = data.height;",
    '  });',
    '</script>',
  ].join('\n');
}
