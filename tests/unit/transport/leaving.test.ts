import { beforeEach, describe, expect, test, vi } from 'vitest';
import { Feature, Status } from '../../../src/transport/features.ts';
import { Rig } from './rig.ts';

/** A device that is to leave its bus, which is the test's to do. */
let rig: Rig;
const gone = vi.fn();

beforeEach(() => {
  rig = new Rig();
  gone.mockClear();
});

describe('a device that is to leave', () => {
  test('goes at once when no driver was ever there', () => {
    rig.pci.leave(gone);
    expect(gone).toHaveBeenCalledOnce();
    expect(rig.pci.leaving).toBe(false);
  });

  test('goes at once when its driver has let go of it, as Linux does', () => {
    rig.start();
    rig.reset();
    rig.status = Status.acknowledge;
    rig.pci.leave(gone);
    expect(gone).toHaveBeenCalledOnce();
  });

  test('serves on until its driver has read that its reset is done', () => {
    const driver = rig.start();
    rig.pci.leave(gone);
    expect(rig.pci.leaving).toBe(true);
    driver.add([rig.buffer('still')], [rig.space(5)]);
    rig.notify(0);
    rig.pump();
    expect(driver.collectUsed()).toHaveLength(1);
    rig.status = 0;
    rig.poll();
    rig.syncPoint();
    expect(gone).not.toHaveBeenCalled();
    expect(rig.status).toBe(0);
    expect(gone).toHaveBeenCalledOnce();
    expect(rig.status).toBe(0);
    expect(gone).toHaveBeenCalledOnce();
  });

  test('does not go between a reset and the look at its end', () => {
    rig.start();
    rig.status = 0;
    rig.pump();
    rig.pci.leave(gone);
    expect(gone).not.toHaveBeenCalled();
    expect(rig.status).toBe(0);
    expect(gone).toHaveBeenCalledOnce();
  });

  test('waits for its worker, also when the driver looks again and again', () => {
    rig.start();
    rig.pci.leave(gone);
    rig.status = 0;
    expect(rig.status).not.toBe(0);
    expect(gone).not.toHaveBeenCalled();
    rig.poll();
    expect(rig.status).toBe(0);
    expect(gone).toHaveBeenCalledOnce();
  });

  test('stays with a driver that has begun', () => {
    rig.negotiate([Feature.version1]);
    rig.pci.leave(gone);
    expect(gone).not.toHaveBeenCalled();
  });

  test('goes although its worker has died', () => {
    rig.start();
    rig.die();
    rig.pci.leave(gone);
    rig.status = 0;
    expect(rig.status).toBe(0);
    expect(gone).toHaveBeenCalledOnce();
  });
});
