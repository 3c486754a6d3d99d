declare module 'virtual:lesson-index' {
  /** As `LessonIndex.chapters`. */
  const chapters: readonly unknown[];
  export default chapters;
}
