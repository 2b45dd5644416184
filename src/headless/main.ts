import { Machine } from '../machine/index.ts';
import { Host } from './host.ts';
import { runPlan } from './session.ts';

await runPlan(new Host(document.baseURI), (options) => Machine.create(options));
