/*
 * <podium-sandbox src="…/embed.html?title=…#preset=ml" title="…" width="760" height="490">: a cluster of Podium in a page of
 * yours. It makes a frame that may run scripts and nothing else, gives it the height that it asks for, and opens the whole
 * cluster in a window of its own when a reader asks for that. It loads nothing else and needs no style of the page.
 */
(() => {
  'use strict';
  const HEIGHTS = { least: 200, most: 2_000 };

  /** The frame's address, which names the page that it may tell its height. */
  function addressOf(source) {
    const address = new URL(source, document.baseURI);
    if (!address.searchParams.has('origin')) address.searchParams.set('origin', window.location.origin);
    return address;
  }

  class PodiumSandbox extends HTMLElement {
    #frame;
    #address;

    connectedCallback() {
      if (!this.hasAttribute('src')) return;
      this.#address = addressOf(this.getAttribute('src'));
      const frame = document.createElement('iframe');
      frame.setAttribute('sandbox', 'allow-scripts');
      frame.title = this.title || 'Podium';
      frame.width = this.getAttribute('width') ?? '760';
      frame.height = this.getAttribute('height') ?? '490';
      frame.style.border = '0';
      frame.style.maxWidth = '100%';
      frame.src = this.#address.href;
      this.#frame = frame;
      this.style.display = 'block';
      this.replaceChildren(frame);
      window.addEventListener('message', this);
    }

    disconnectedCallback() {
      window.removeEventListener('message', this);
    }

    /** Only this frame is listened to, which has no origin of its own. */
    handleEvent({ data, origin, source }) {
      if (source !== this.#frame.contentWindow || origin !== 'null') return;
      if (data?.type === 'podium-height') this.#grow(Number(data.height));
      if (data?.type === 'podium-open') this.#open(String(data.url));
    }

    #grow(height) {
      if (height >= HEIGHTS.least && height <= HEIGHTS.most) this.#frame.height = String(Math.ceil(height));
    }

    /** Nothing but the site that the frame is from. */
    #open(url) {
      if (url.startsWith(`${new URL('./', this.#address).href}#`)) window.open(url, '_blank', 'noopener');
    }
  }

  if (!customElements.get('podium-sandbox')) customElements.define('podium-sandbox', PodiumSandbox);
})();
