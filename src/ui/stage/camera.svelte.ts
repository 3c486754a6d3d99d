import { select, zoom, zoomIdentity, type D3ZoomEvent, type ZoomBehavior, type ZoomTransform } from 'd3';
import { DURATION, EASE, span } from '../../scene/easing';
import type { Rect } from '../../scene/geometry';

const LARGEST_ZOOM = 6;
const FOLLOW_ZOOM = 1.8;

/** Where one looks from: wheel or pinch zooms, drag pans, 0 fits. At scale 1 the whole stage is in view. */
export class Camera {
  x = $state(0);
  y = $state(0);
  k = $state(1);
  #behaviour: ZoomBehavior<HTMLElement, unknown> | undefined;
  #element: HTMLElement | undefined;
  #flight = 0;

  /** Listens on an element. Returns the call that ends it. */
  attach(element: HTMLElement): () => void {
    this.#element = element;
    this.#behaviour = zoom<HTMLElement, unknown>()
      .scaleExtent([1, LARGEST_ZOOM])
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
    const corners: [[number, number], [number, number]] = [
      [0, 0],
      [width, height],
    ];
    this.#behaviour?.extent(corners).translateExtent(corners);
  }

  /** Brings all of the stage into view. */
  fit(still: boolean): void {
    this.#fly(zoomIdentity, still);
  }

  /** Brings a rectangle (in pixels of the fitted stage) to the middle, closer if one is far. */
  lookAt(rect: Rect, width: number, height: number, still: boolean): void {
    const k = Math.max(this.k, FOLLOW_ZOOM);
    const x = width / 2 - k * (rect.x + rect.width / 2);
    const y = height / 2 - k * (rect.y + rect.height / 2);
    const within = (value: number, size: number): number => Math.max(size - k * size, Math.min(0, value));
    this.#fly(zoomIdentity.translate(within(x, width), within(y, height)).scale(k), still);
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
