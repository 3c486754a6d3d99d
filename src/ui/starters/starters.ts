import type { TextFile } from '../files/files.svelte';
import infer from './infer.yaml?raw';
import trainJob from './train-job.yaml?raw';
import trainLocalDisk from './train-local-disk.yaml?raw';

/** What the editor holds when somebody comes for the first time. */
export const STARTERS: readonly TextFile[] = [
  { name: 'train-job.yaml', text: trainJob },
  { name: 'infer.yaml', text: infer },
  { name: 'train-local-disk.yaml', text: trainLocalDisk },
];
