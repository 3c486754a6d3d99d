import { select, zoom, zoomIdentity, type D3ZoomEvent, type ZoomBehavior, type ZoomTransform } from 'd3';
import { DURATION, EASE, span } from '../../scene/easing';
import type { Rect } from '../../scene/geometry';

const FOLLOW_ZOOM = 1.8;
/** Of the furthest zoom, how much brings names into view. */
const NAMES_AT = 0.8;

/** Where one looks from: wheel or pinch zooms, drag pans, 0 fits. At scale 1 the whole stage is in view. */
export class Camera {
  x = $state(0);
  y = $state(0);
  k = $state(1);
  #behaviour: ZoomBehavior<HTMLElement, unknown> | undefined;
  #element: HTMLElement | undefined;
  #flight = 0;
  #largest = 6;
  #width = 0;
  #height = 0;

  /** Listens on an element. Returns the call that ends it. */
  attach(element: HTMLElement): () => void {
    this.#element = element;
    this.#behaviour = zoom<HTMLElement, unknown>()
      .scaleExtent([1, this.#largest])
      .filter((event: MouseEvent) => (event.button === 0 && !event.ctrlKey) || event.type === 'wheel')
      .on('zoom', (event: D3ZoomEvent<HTMLElement, unknown>) => this.#take(event.transform));
    select(element).call(this.#behaviour).on('dblclick.zoom', null);
    return () => {
      cancelAnimationFrame(this.#flight);
      select(element).on('.zoom', null);
      this.#take(zoomIdentity);
    };
  }

  /** Tells how large the view is, so that nothing can be dragged out of it. */
  bound(width: number, height: number): void {
    this.#width = width;
    this.#height = height;
    const corners: [[number, number], [number, number]] = [
      [0, 0],
      [width, height],
    ];
    this.#behaviour?.extent(corners).translateExtent(corners);
  }

  /** Tells how near the camera may come. */
  reach(largest: number): void {
    this.#largest = largest;
    this.#behaviour?.scaleExtent([1, largest]);
  }

  /** Comes nearer by a factor, or goes further away; the point (in pixels of the view) stays where it is. */
  zoomBy(factor: number, x: number, y: number, still: boolean): void {
    const k = Math.max(1, Math.min(this.#largest, this.k * factor));
    const moved = (middle: number, at: number): number => middle - ((middle - at) * k) / this.k;
    this.#fly(this.#within(moved(x, this.x), moved(y, this.y), k), still);
  }

  /** Brings all of the stage into view. */
  fit(still: boolean): void {
    this.#fly(zoomIdentity, still);
  }

  /** Brings a rectangle (in pixels of the fitted stage) to the middle, closer if one is far; `names`: until they show. */
  lookAt(rect: Rect, width: number, height: number, still: boolean, names: boolean): void {
    const k = Math.max(this.k, names ? NAMES_AT * this.#largest : FOLLOW_ZOOM);
    this.#fly(
      this.#within(width / 2 - k * (rect.x + rect.width / 2), height / 2 - k * (rect.y + rect.height / 2), k),
      still,
    );
  }

  /** The nearest place at which nothing but the stage is in view. */
  #within(x: number, y: number, k: number): ZoomTransform {
    const within = (value: number, size: number): number => Math.max(size - k * size, Math.min(0, value));
    return zoomIdentity.translate(within(x, this.#width), within(y, this.#height)).scale(k);
  }

  #take({ x, y, k }: ZoomTransform): void {
    this.x = x;
    this.y = y;
    this.k = k;
  }

  #fly(to: ZoomTransform, still: boolean): void {
    cancelAnimationFrame(this.#flight);
    const from = { x: this.x, y: this.y, k: this.k };
    const startMs = performance.now();
    const step = (nowMs: number): void => {
      const done = still ? 1 : EASE.out(span(nowMs, startMs, startMs + DURATION.scene));
      const between = (a: number, b: number): number => a + (b - a) * done;
      this.#set(zoomIdentity.translate(between(from.x, to.x), between(from.y, to.y)).scale(between(from.k, to.k)));
      if (done < 1) this.#flight = requestAnimationFrame(step);
    };
    step(startMs);
  }

  #set(transform: ZoomTransform): void {
    if (this.#element && this.#behaviour) select(this.#element).call(this.#behaviour.transform, transform);
  }
}
