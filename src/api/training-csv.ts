import type { TrainingData } from './training';

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const MAX_ROWS = 100_000;
const MAX_COLUMNS = 1000;

/**
 * Reads comma-separated numbers: one row a line, the last column is what to predict. A first line that is not all
 * numbers is a header. Empty lines are skipped. An error names its line, counted from 1.
 */
export function parseTrainingCsv(text: string): { data: TrainingData } | { error: string } {
  const x: number[] = [];
  const y: number[] = [];
  let columns = 0;
  let headerAllowed = true;
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    if (line.trim() === '') continue;
    const cells = line.split(',').map((cell) => cell.trim());
    const wrong = cells.find((cell) => !isFloat32(cell));
    const isHeader = headerAllowed && wrong !== undefined;
    headerAllowed = false;
    if (columns === 0) columns = cells.length;
    const problem = shapeProblem(cells.length, columns, y.length);
    if (problem !== null) return { error: `line ${index + 1}: ${problem}` };
    if (isHeader) continue;
    if (wrong !== undefined) return { error: `line ${index + 1}: "${wrong.slice(0, 40)}" is not a number` };
    for (const cell of cells.slice(0, -1)) x.push(Number(cell));
    y.push(Number(cells[columns - 1]));
  }
  if (y.length === 0) return { error: 'no rows' };
  return { data: { rows: y.length, features: columns - 1, x: Float32Array.from(x), y: Float32Array.from(y) } };
}

function shapeProblem(cells: number, columns: number, rows: number): string | null {
  if (cells !== columns) return `${cells} columns, where the first line has ${columns}`;
  if (cells < 2) return 'one column; at least one feature and the value to predict are needed';
  if (cells > MAX_COLUMNS) return `more than ${MAX_COLUMNS} columns`;
  return rows >= MAX_ROWS ? `more than ${MAX_ROWS} rows` : null;
}

function isFloat32(cell: string): boolean {
  return NUMBER.test(cell) && Number.isFinite(Math.fround(Number(cell)));
}
