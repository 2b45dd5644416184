import { Machine } from '../machine/index.ts';
import { openPage } from './page.ts';

openPage((options) => Machine.create(options));
