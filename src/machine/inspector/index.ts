/** Looking at the devices of a machine. `Machine.inspect` loads it when it is first asked for. */
export { BYTES_LIMIT, Inspector } from './inspector.ts';
