import { mount, unmount } from 'svelte';
import type { Page } from '../page/page.svelte';
import LessonBuilder from './LessonBuilder.svelte';

let open: ReturnType<typeof mount> | undefined;

/** Shows what lessons are made with, over the sandbox; once it is open, it stays until it is closed. */
export function openBuilder(page: Page): void {
  open ??= mount(LessonBuilder, {
    target: document.querySelector('.page') ?? document.body,
    props: { page, onclose: close },
  });
}

function close(): void {
  if (open) void unmount(open);
  open = undefined;
}
