import { INITIAL_LAYERS, type LayerName, type LayerSet } from '../../scene/layer-set';
import type { PageStorage } from '../files/page-storage';

const KEY = 'layers';

/** Which layers of the stage are drawn; kept from one visit to the next. */
export class Layers {
  shown = $state.raw<LayerSet>(INITIAL_LAYERS);

  constructor(private readonly storage: PageStorage) {
    this.shown = parseLayers(storage.get(KEY));
  }

  set(name: LayerName, on: boolean): void {
    this.shown = { ...this.shown, [name]: on };
    this.storage.set(KEY, JSON.stringify(this.shown));
  }
}

function parseLayers(text: string | undefined): LayerSet {
  if (text === undefined) return INITIAL_LAYERS;
  try {
    const value = JSON.parse(text) as Record<string, unknown>;
    const names = Object.keys(INITIAL_LAYERS) as LayerName[];
    return Object.fromEntries(
      names.map((name) => [name, typeof value[name] === 'boolean' ? value[name] : INITIAL_LAYERS[name]]),
    ) as unknown as LayerSet;
  } catch {
    /* Not written by this page: the layers are those of a first visit. */
    return INITIAL_LAYERS;
  }
}
