/** How many tests a runner ran, by result. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

export const NO_TESTS: Counts = { passed: 0, failed: 0, skipped: 0 };

export function addCounts(left: Counts, right: Counts): Counts {
  return {
    passed: left.passed + right.passed,
    failed: left.failed + right.failed,
    skipped: left.skipped + right.skipped,
  };
}

/** The closing line, e.g. `12 passed, 0 failed, 1 skipped`. */
export function formatCounts({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** Reads Vitest's JSON report. */
export function vitestCounts(report: string): Counts {
  const data = JSON.parse(report);
  return checked({
    passed: data.numPassedTests,
    failed: data.numFailedTests,
    skipped: data.numPendingTests + data.numTodoTests,
  });
}

/** Reads Playwright's JSON report. A test that passes only when tried again has failed once. */
export function playwrightCounts(report: string): Counts {
  const { stats } = JSON.parse(report);
  return checked({
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky,
    skipped: stats.skipped,
  });
}

function checked(counts: Counts): Counts {
  const wrong = Object.values(counts).some((count) => !Number.isInteger(count) || count < 0);
  if (wrong) throw new Error('The report does not say how many tests there were.');
  return counts;
}

/**
 * What a runner's end comes to. A runner that crashed, reported nothing, or complains of something
 * that is no test (an unhandled error, say) counts as one failure more than its tests.
 */
export function settleCounts(
  exitCode: number | null,
  report: string | undefined,
  read: (report: string) => Counts,
): Counts {
  const crashed = { ...NO_TESTS, failed: 1 };
  if (report === undefined) return crashed;
  try {
    const counts = read(report);
    return exitCode !== 0 && counts.failed === 0 ? addCounts(counts, crashed) : counts;
  } catch {
    return crashed;
  }
}
