import { describe, expect, it } from 'vitest';
import { ThroughputMeter } from '../../../../src/page/disks/throughput.ts';

describe('ThroughputMeter', () => {
  it('has nothing to tell at the first look, and rates from the second on', () => {
    const meter = new ThroughputMeter();
    expect(meter.next({ bytesRead: 5000, bytesWritten: 7 }, 1000)).toBeNull();
    const next = meter.next({ bytesRead: 6000, bytesWritten: 7 }, 1500);
    expect(next).toEqual({ read: 2000, written: 0 });
    const last = meter.next({ bytesRead: 6000, bytesWritten: 1007 }, 3500);
    expect(last).toEqual({ read: 0, written: 500 });
  });

  it('gives no rate of no time', () => {
    const meter = new ThroughputMeter();
    meter.next({ bytesRead: 0, bytesWritten: 0 }, 1000);
    expect(meter.next({ bytesRead: 512, bytesWritten: 0 }, 1000)).toBeNull();
  });

  it('begins anew after nobody has looked', () => {
    const meter = new ThroughputMeter();
    meter.next({ bytesRead: 0, bytesWritten: 0 }, 1000);
    meter.forget();
    expect(meter.next({ bytesRead: 10 ** 9, bytesWritten: 0 }, 60_000)).toBeNull();
  });
});
