import { relative } from 'node:path';

/** One test of Vitest's JSON report. */
export interface RanTest {
  /** Path of its file, from the root of the project. */
  file: string;
  /** Titles of its groups and its own. */
  name: string;
  /** False for a test that was skipped: it shows nothing. */
  ran: boolean;
  passed: boolean;
}

export interface VitestReport {
  tests: RanTest[];
  /** Test files that could not be loaded: nobody knows what they would have tested. */
  brokenFiles: string[];
}

interface JsonReport {
  testResults: {
    name: string;
    status: string;
    assertionResults: { fullName: string; status: string }[];
  }[];
}

/**
 * Reads Vitest's JSON report.
 * @param root the folder that paths of files begin from
 * @throws Error when it is no such report
 */
export function readVitestReport(json: string, root: string): VitestReport {
  const { testResults } = JSON.parse(json) as Partial<JsonReport>;
  if (!Array.isArray(testResults)) throw new Error('This is no report of Vitest.');
  const report: VitestReport = { tests: [], brokenFiles: [] };
  for (const { name, status, assertionResults } of testResults) {
    const file = relative(root, name);
    const tests = assertionResults.map((result) => ranTest(file, result));
    report.tests.push(...tests);
    const failed = tests.some((test) => test.ran && !test.passed);
    if (status === 'failed' && !failed) report.brokenFiles.push(file);
  }
  return report;
}

function ranTest(file: string, result: { fullName: string; status: string }): RanTest {
  const passed = result.status === 'passed';
  return { file, name: result.fullName, ran: passed || result.status === 'failed', passed };
}
