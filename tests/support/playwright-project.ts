import { execFile } from 'node:child_process';
import type { JSONReport, JSONReportSuite } from '@playwright/test/reporter';

/** How a test of a project has ended. */
export interface TestEnd {
  title: string;
  status: string | undefined;
  /** All that was told of its failure. */
  message: string;
  /** By name. */
  attachments: Map<string, Buffer>;
  /** The worker that ran it. */
  worker: number;
}

/**
 * Runs the tests of a Playwright project, those that fail as well.
 * @param more further arguments @param variables of its environment
 */
export async function runProject(
  folder: string,
  more: string[],
  variables: NodeJS.ProcessEnv,
): Promise<TestEnd[]> {
  const program = 'node_modules/@playwright/test/cli.js';
  const parameters = [program, 'test', '--reporter=json', ...more];
  const report = await new Promise<JSONReport>((resolve, reject) => {
    const options = {
      cwd: folder,
      env: { ...ownEnvironment(), ...variables },
      maxBuffer: 256 * 1024 * 1024,
    };
    execFile(process.execPath, parameters, options, (_, stdout, stderr) => {
      try {
        resolve(JSON.parse(stdout));
      } catch {
        reject(new Error(`${parameters.join(' ')}: ${stdout}${stderr}`));
      }
    });
  });
  if (report.errors.length > 0) throw new Error(JSON.stringify(report.errors));
  return report.suites.flatMap(endsOf);
}

/** This process's own reporters and workers are told by variables, which are nothing to the project. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const variables = Object.entries(process.env);
  return Object.fromEntries(variables.filter(([name]) => !/^(PLAYWRIGHT|PW|TEST)_/.test(name)));
}

function endsOf({ specs, suites = [] }: JSONReportSuite): TestEnd[] {
  const ends = specs.map(({ title, tests }): TestEnd => {
    const { status, errors, attachments, workerIndex } = tests[0].results[0];
    const bodies = attachments.map(({ name, body = '' }): [string, Buffer] => {
      return [name, Buffer.from(body, 'base64')];
    });
    const message = errors.map(({ message }) => message).join('\n');
    return { title, status, message, attachments: new Map(bodies), worker: workerIndex };
  });
  return [...ends, ...suites.flatMap(endsOf)];
}
