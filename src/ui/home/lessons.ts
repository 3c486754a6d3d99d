export interface Chapter {
  title: string;
  /** The number of its first lesson. */
  from: number;
  lessons: readonly string[];
}

/** The curriculum: eighteen lessons in four chapters, in order. */
export const CHAPTERS: readonly Chapter[] = [
  {
    title: 'See it',
    from: 1,
    lessons: ['Read the map', 'Declare, don’t command', 'Break it', 'Who does what'],
  },
  {
    title: 'Place it',
    from: 5,
    lessons: ['Where does it fit', 'Finding Pods', 'Keep out', 'The ticket is not the seat'],
  },
  {
    title: 'Train it',
    from: 9,
    lessons: ['Train for real', 'Amnesia', 'A node dies', 'More nodes, faster?'],
  },
  {
    title: 'Run it for real',
    from: 13,
    lessons: [
      'Case OpenAI: gangs',
      'Case Spotify: scaling inference',
      'Case Netflix: two ranking models',
      'Kubernetes is not your MLOps tool',
      'Managed or your own',
      'Three in the morning',
    ],
  },
];
