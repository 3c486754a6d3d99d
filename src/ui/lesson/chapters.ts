import chapters from 'virtual:lesson-index';
import type { LessonIndex } from '../../lesson/format/lesson';

/** The curriculum: chapters of lessons, in their order. */
export const CHAPTERS = chapters as LessonIndex['chapters'];

export const LESSONS = CHAPTERS.flatMap(({ lessons }) => lessons);
