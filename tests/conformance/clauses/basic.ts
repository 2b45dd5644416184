import { type Clause, must, notApplicable, section, should } from '../clause.ts';

const NO_SUSPEND = 'VIRTIO_F_SUSPEND is not offered';

/** What holds for every device on every bus. */
export const basicClauses: Clause[] = [
  ...section('Device Status Field', [
    must('BASIC-001', 'before DRIVER_OK no buffer is taken and no used buffer is notified of'),
    should('BASIC-002', 'an error that only a reset can end shows as DEVICE_NEEDS_RESET'),
    must(
      'BASIC-003',
      'DEVICE_NEEDS_RESET after DRIVER_OK brings a configuration change notification',
    ),
  ]),
  ...section('Feature Bits', [
    must('BASIC-004', 'a feature that builds on another is offered only together with it'),
    must(
      'BASIC-005',
      'any valid choice of features is accepted; for any other FEATURES_OK stays 0',
    ),
    must('BASIC-006', 'only features that the device would really support are offered'),
    should('BASIC-007', 'features that were accepted once are accepted again after a reset'),
  ]),
  ...section('Device Reset', [
    must('BASIC-008', 'a reset makes the device status 0'),
    must('BASIC-009', 'once a reset shows as done nothing is notified and no queue is touched'),
  ]),
  ...section('Device Configuration Space', [
    must('BASIC-010', 'the configuration space can be read before FEATURES_OK'),
  ]),
  ...section('Virtqueue Reset', [
    must('BASIC-011', 'of a queue that was reset no request is carried out or notified of'),
    must('BASIC-012', 'a queue that was reset starts from the beginning, with nothing left over'),
  ]),
  ...section('Virtqueue Re-enable', [
    must(
      'BASIC-013',
      'a queue that is enabled again has the size and the places it was given last',
    ),
  ]),
  ...section('Device Suspend', [
    must('BASIC-014', 'SUSPEND means nothing to a device that was not set up completely'),
    notApplicable(
      NO_SUSPEND,
      should(
        'BASIC-015',
        'suspended, only the status takes writes; the configuration space ignores them',
      ),
    ),
    notApplicable(
      NO_SUSPEND,
      must('BASIC-016', 'suspended, no queue is touched, nothing notified, no field changed'),
    ),
    notApplicable(NO_SUSPEND, must('BASIC-017', 'suspended, no configuration change is notified')),
    notApplicable(NO_SUSPEND, must('BASIC-018', 'a change while suspended is told after resuming')),
    notApplicable(NO_SUSPEND, must('BASIC-019', 'SUSPEND is obeyed, or the device needs a reset')),
    notApplicable(
      NO_SUSPEND,
      must('BASIC-020', 'DRIVER_OK ends a suspension, or the device needs a reset'),
    ),
    notApplicable(
      NO_SUSPEND,
      should('BASIC-021', 'before it is suspended it takes no more buffers'),
    ),
    notApplicable(
      NO_SUSPEND,
      should('BASIC-022', 'before it is suspended it ends what it has begun'),
    ),
    notApplicable(
      NO_SUSPEND,
      should('BASIC-023', 'before it is suspended it notifies of what was used'),
    ),
  ]),
  ...section('Reserved Feature Bits', [
    must('BASIC-024', 'VERSION_1 is offered'),
    notApplicable(
      'devices reach guest memory by its physical addresses, all of it and without translation',
      should(
        'BASIC-025',
        'ACCESS_PLATFORM is offered where addresses are translated or restricted',
      ),
    ),
    notApplicable(
      'VIRTIO_F_IN_ORDER is not offered',
      must('BASIC-026', 'with IN_ORDER buffers are used in the order in which they came'),
    ),
    must('BASIC-027', 'SR_IOV is not offered by a function without the capability for it'),
  ]),
];
