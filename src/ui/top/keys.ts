export type KeyRow = readonly [keys: readonly string[], does: string];

const PLAY: KeyRow = [['Space'], 'Play, pause'];
const SPEED: KeyRow = [['1', '…', '6'], 'Speed: ×0.1 to ×60'];
const STEP: KeyRow = [[',', '.'], 'Step back, step to the next write'];
const PRESENT: KeyRow = [['P'], 'Present to a room; G E and G I bring editor and inspector back'];
const CLICKER: KeyRow = [['PageUp', 'PageDown', 'X'], 'While presenting: previous and next mark, blank the stage'];

/** What one needs in front of a room. */
export const PRESENTING: readonly KeyRow[] = [PRESENT, CLICKER, PLAY, STEP, SPEED];

/** The keyboard table of the help, by place. */
export const KEY_TABLE: readonly { place: string; rows: readonly KeyRow[] }[] = [
  {
    place: 'Anywhere',
    rows: [
      [['Ctrl Enter'], 'Apply the open file'],
      [['Ctrl K'], 'Find or run anything'],
      [['Ctrl Z'], 'Undo your last action (outside text)'],
      [['F6', 'Shift F6'], 'Next region, previous region'],
    ],
  },
  {
    place: 'Outside text fields',
    rows: [
      PLAY,
      SPEED,
      STEP,
      [['N'], 'Run until something changes on the stage'],
      [['Shift ,', 'Shift .'], 'Previous mark, next mark'],
      [['Home', 'End'], 'To the start, to now'],
      [['B'], 'Start a branch at the moment shown'],
      [['Esc'], 'End comparing two branches'],
      [['/'], 'Find or run anything'],
      [['?'], 'This table'],
    ],
  },
  {
    place: 'Stage',
    rows: [
      [['↑', '↓', '←', '→'], 'Between control plane, nodes and Pods'],
      [['Enter'], 'Select and open the inspector'],
      [['W'], 'Why is it so?'],
      [['K', 'O', 'C'], 'Kill, power off or stop, cut the network'],
      [['M'], 'All that can be done to it'],
      [['T'], 'The stage as tables, and back'],
      [['0', 'F'], 'Show all of it, follow the selection'],
      [['G', 'E'], 'Go to the editor; S stage, I inspector, T terminal, L lesson, W time'],
      [['H'], 'The next hint of a lesson'],
      PRESENT,
      CLICKER,
    ],
  },
  {
    place: 'Found by Ctrl K',
    rows: [
      [['↑', '↓', 'Enter'], 'Choose and take'],
      [['Tab'], 'Take a kubectl line to the prompt'],
    ],
  },
  {
    place: 'Terminal',
    rows: [
      [['Tab'], 'Complete, or take what a lesson suggests'],
      [['→'], 'Take what is shown in grey'],
      [['↑', '↓'], 'Earlier lines'],
      [['Ctrl R'], 'Search earlier lines; again for an older one'],
      [['Ctrl C'], 'End -w and -f'],
      [['Ctrl L'], 'Clear'],
    ],
  },
  {
    place: 'Separators and time',
    rows: [
      [['←', '→'], 'Move; double-click resets a separator'],
      [['+', '-', '0'], 'Zoom time in, out, show all of it'],
    ],
  },
];
