import { originOf, PANELS, PRESET, THEMES, YAML, type Panel } from '../ui/embedding/embed-address';
import { LINKED } from '../ui/page/route';
import { freshDocument } from '../ui/share/fresh';
import { unpackFragment, unpackText } from '../ui/share/link';
import { OWN } from '../ui/share/started-clusters';

/** What an embedding page sets in the address, before the fragment. */
export interface Settings {
  theme: 'light' | 'dark' | undefined;
  /** Which panels there are, at least one. */
  panels: readonly Panel[];
  /** The origin of the embedding page; only it is told anything. */
  origin: string | undefined;
  title: string;
  state: (fragment: string) => Promise<EmbedState>;
}

/** What is shown at first, from the fragment. */
export interface EmbedState {
  /** The document. */
  text: string;
  atMs: number | undefined;
  /** The editor's text; `undefined` for the starter file. */
  yaml: string | undefined;
  /** Why something of the link could not be opened; empty when all could. */
  problem: string;
}

/** Reads `?theme=dark&panels=yaml,cluster&origin=https://example.org&title=…`; what is not understood is left out. */
export function readSettings(search: string): Settings {
  const query = new URLSearchParams(search);
  const theme = query.get('theme');
  const wanted = (query.get('panels') ?? '').split(',');
  const panels = PANELS.filter((panel) => wanted.includes(panel));
  return {
    theme: THEMES.find((one) => one === theme),
    panels: panels.length > 0 ? panels : PANELS,
    origin: originOf(query.get('origin')),
    title: (query.get('title') ?? '').slice(0, 120),
    state: readState,
  };
}

/** Reads `#cluster=…&at=…&yaml=…` or `#preset=…&yaml=…`, of which each part may be missing. */
async function readState(fragment: string): Promise<EmbedState> {
  const [cluster = '', packed] = fragment.replace(/^#yaml=/, `#${YAML}`).split(YAML);
  const document = cluster.startsWith(LINKED) ? await unpackFragment(cluster) : undefined;
  const preset = cluster.startsWith(PRESET) ? presetOf(cluster) : OWN.preset;
  const yaml = packed === undefined ? undefined : await unpackText(packed);
  return {
    text: document && 'text' in document ? document.text : freshDocument(preset),
    atMs: document && 'text' in document ? document.atMs : undefined,
    yaml: yaml && 'text' in yaml ? yaml.text : undefined,
    problem: [document, yaml].some((part) => part && 'problem' in part)
      ? 'This link is damaged: part of it is missing or was changed.'
      : '',
  };
}

/** The starter cluster that a fragment names, as it was written where it is no text. */
function presetOf(fragment: string): string {
  const written = fragment.slice(PRESET.length) || OWN.preset;
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}
