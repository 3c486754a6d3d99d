const EVERY_MS = 2_400;
const BEAT_MS = 170;

/** What beats while it lives. By timers: an animation would keep the compositor at work sixty times a second. */
export class Heart {
  beats = $state(false);

  /** Called while a component is set up. */
  constructor(alive: () => boolean) {
    $effect(() => {
      if (!alive()) return undefined;
      let ends = 0;
      const timer = window.setInterval(() => {
        this.beats = true;
        ends = window.setTimeout(() => (this.beats = false), BEAT_MS);
      }, EVERY_MS);
      return () => {
        clearInterval(timer);
        clearTimeout(ends);
        this.beats = false;
      };
    });
  }
}
