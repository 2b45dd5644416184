/** The entry of the workers for disks: each does one piece of work for the page and is ended then. */
import * as Comlink from 'comlink';
import { DiskWorkService } from '../src/disk-work/service.ts';

Comlink.expose(new DiskWorkService());
