import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { projectDirectory } from '../../../guest/build/paths.ts';
import { exitCodes, signalExitCodes } from '../../../src/cli/exit-codes.ts';
import { helpText } from '../../../src/cli/help.ts';

const STATUSES = [...Object.values(exitCodes), ...Object.values(signalExitCodes)];

it.each(STATUSES)('--help tells of status %i', (status) => {
  const paragraph = helpText.slice(helpText.indexOf('Exit status:')).split('\n\n')[0];
  expect(paragraph).toMatch(new RegExp(`\\b${status}\\b`));
});

it.each(STATUSES)('the specification tells of status %i', (status) => {
  const text = readFileSync(join(projectDirectory, 'SPECIFICATION.md'), 'utf8');
  const table = text.slice(text.indexOf('| exit status |')).split('\n\n')[0];
  const column = table.split('\n').map((row) => row.split('|')[1]);
  expect(column.join()).toMatch(new RegExp(`\\b${status}\\b`));
});
