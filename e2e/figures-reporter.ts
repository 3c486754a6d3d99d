import type { Reporter, TestCase, TestResult } from '@playwright/test/reporter';

/** Prints what the rows say, and why one failed; nothing else. */
export default class FiguresReporter implements Reporter {
  onStdOut(chunk: string | Buffer): void {
    process.stdout.write(chunk);
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    if (result.status === 'passed' || result.status === 'skipped') return;
    process.stderr.write(`${test.title}: ${result.status}\n${result.error?.message ?? ''}\n`);
  }

  printsToStdio(): boolean {
    return true;
  }
}
