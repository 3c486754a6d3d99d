import type { Page } from '@playwright/test';

/**
 * What is wrong with the texts that a page shows: cut off, out of the view, over another, or over the edge of a box. What
 * scrolls into view is not cut, and what lies below something that floats is not shown.
 */
export async function textTroubles(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const SLACK = 1;
    interface Text {
      words: string;
      box: DOMRect;
      element: Element;
    }

    function seen(element: Element): boolean {
      if (element.closest('.visually-hidden, title, style, script, noscript')) return false;
      return element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
    }

    const opaque = new Map<Element, boolean>();
    function isOpaque(element: Element): boolean {
      let known = opaque.get(element);
      if (known === undefined) {
        const colour = getComputedStyle(element).backgroundColor;
        known = !/^rgba\(.*, 0(\.\d+)?\)$|^transparent$|\/ 0?\.?\d*\)$/.test(colour);
        opaque.set(element, known);
      }
      return known;
    }

    /** Something that floats lies over a point of it, by default its middle. */
    function covered({ box, element }: Text, x = box.left + box.width / 2, y = box.top + box.height / 2): boolean {
      const stack = document.elementsFromPoint(x, y);
      for (const one of stack) {
        if (one.contains(element)) return false;
        if (one instanceof HTMLElement && isOpaque(one)) return true;
      }
      return false;
    }

    /** Scrolled out of the pane that holds it. */
    function scrolledAway({ box, element }: Text): boolean {
      for (let outer: Element | null = element; outer && outer !== document.body; outer = outer.parentElement) {
        if (getComputedStyle(outer).overflowY === 'visible') continue;
        const edge = outer.getBoundingClientRect();
        if (box.bottom <= edge.top + 4 || box.top >= edge.bottom - 4) return true;
        if (scrolls(outer) && (box.right <= edge.left + 4 || box.left >= edge.right - 4)) return true;
      }
      return box.bottom <= 0 || box.top >= window.innerHeight;
    }

    function scrolls(element: Element): boolean {
      if (element.closest('.monaco-editor')) return true;
      return /auto|scroll/.test(getComputedStyle(element).overflowX) && element.scrollWidth > element.clientWidth;
    }

    function texts(): Text[] {
      const found: Text[] = [];
      const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const element = node.parentElement;
        const words = node.textContent?.trim() ?? '';
        if (words === '' || !element || !seen(element)) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const box of range.getClientRects()) if (box.width > 1) found.push({ words, box, element });
      }
      return found.filter((text) => !scrolledAway(text) && !covered(text));
    }

    function cutBy(text: Text): string | undefined {
      const { box, element } = text;
      const beyond = box.left < -SLACK || box.right > document.documentElement.clientWidth + SLACK;
      for (let outer: Element | null = element; outer && outer !== document.body; outer = outer.parentElement) {
        const style = getComputedStyle(outer);
        if (style.overflowX === 'visible') continue;
        if (scrolls(outer)) return undefined;
        const edge = outer.getBoundingClientRect();
        if (box.left < edge.left - SLACK || box.right > edge.right + SLACK)
          return `<${outer.tagName} ${outer.className}>`;
      }
      return beyond ? 'the view' : undefined;
    }

    /** In pictures: the smallest rectangle in whose middle a text begins must hold all of it. */
    function overEdge({ box, element }: Text): boolean {
      const picture = element.closest('svg');
      if (!picture) return false;
      const middle = box.top + box.height / 2;
      const around = [...picture.querySelectorAll('rect:not(.fill)')]
        .map((rect) => rect.getBoundingClientRect())
        .filter(
          (edge) => edge.left <= box.left && edge.right >= box.left && edge.top <= middle && edge.bottom >= middle,
        )
        .sort((one, other) => one.width * one.height - other.width * other.height)[0];
      return around !== undefined && box.right > around.right + SLACK;
    }

    /** What of a text the panes around it let through. */
    function shownPart({ box, element }: Text): { left: number; right: number; top: number; bottom: number } {
      const part = { left: box.left, right: box.right, top: box.top, bottom: box.bottom };
      for (let outer: Element | null = element; outer && outer !== document.body; outer = outer.parentElement) {
        if (getComputedStyle(outer).overflowX === 'visible') continue;
        const edge = outer.getBoundingClientRect();
        part.left = Math.max(part.left, edge.left);
        part.right = Math.min(part.right, edge.right);
        part.top = Math.max(part.top, edge.top);
        part.bottom = Math.min(part.bottom, edge.bottom);
      }
      return part;
    }

    function overlap(first: Text, second: Text): boolean {
      const rough = first.box.left < second.box.right && second.box.left < first.box.right;
      if (!rough || first.box.top > second.box.bottom || second.box.top > first.box.bottom) return false;
      const [one, other] = [shownPart(first), shownPart(second)];
      const left = Math.max(one.left, other.left);
      const width = Math.min(one.right, other.right) - left;
      const top = Math.max(one.top, other.top);
      const height = Math.min(one.bottom, other.bottom) - top;
      /* Lines of text are somewhat higher than their letters. */
      if (width <= 2 || height <= 5) return false;
      const [x, y] = [left + width / 2, top + height / 2];
      return !covered(first, x, y) && !covered(second, x, y);
    }

    const all = texts();
    const troubles: string[] = [];
    for (const [index, text] of all.entries()) {
      const cut = cutBy(text);
      if (cut !== undefined) troubles.push(`"${text.words}" is cut by ${cut}`);
      if (overEdge(text)) troubles.push(`"${text.words}" leaves its box`);
      for (const other of all.slice(index + 1))
        if (text.element !== other.element && overlap(text, other))
          troubles.push(`"${text.words}" is over "${other.words}"`);
    }
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth > clientWidth) troubles.push(`the page is ${scrollWidth - clientWidth} px too wide`);
    return troubles;
  });
}
