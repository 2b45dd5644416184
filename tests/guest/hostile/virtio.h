/*
 * Numbers and structures of VIRTIO 1.4 under the specification's names: the registers of the PCI
 * transport (4.1), the split virtqueue (2.7), and the three devices of the machine.
 */
#ifndef HOSTILE_VIRTIO_H
#define HOSTILE_VIRTIO_H

#include <stdint.h>

enum {
  VIRTIO_PCI_VENDOR = 0x1af4,
  /* Plus the virtio device type (4.1.2.1). */
  VIRTIO_PCI_DEVICE_BASE = 0x1040,
  VIRTIO_ID_BLOCK = 2,
  VIRTIO_ID_CONSOLE = 3,
  VIRTIO_ID_ENTROPY = 4,
};

/* Capabilities (4.1.4). */
enum {
  PCI_CAP_ID_VNDR = 0x09,
  VIRTIO_PCI_CAP_COMMON_CFG = 1,
  VIRTIO_PCI_CAP_NOTIFY_CFG = 2,
  VIRTIO_PCI_CAP_ISR_CFG = 3,
  VIRTIO_PCI_CAP_DEVICE_CFG = 4,
  VIRTIO_PCI_CAP_PCI_CFG = 5,
  VIRTIO_PCI_CAP_TYPES = 6,
  /* Offsets in struct virtio_pci_cap; pci_cfg_data follows it. */
  CAP_NEXT = 1,
  CAP_CFG_TYPE = 3,
  CAP_BAR = 4,
  CAP_OFFSET = 8,
  CAP_LENGTH = 12,
  CAP_PCI_CFG_DATA = 16,
};

/* Offsets in struct virtio_pci_common_cfg (4.1.4.3). */
enum {
  DEVICE_FEATURE_SELECT = 0x00,
  DEVICE_FEATURE = 0x04,
  DRIVER_FEATURE_SELECT = 0x08,
  DRIVER_FEATURE = 0x0c,
  CONFIG_MSIX_VECTOR = 0x10,
  NUM_QUEUES = 0x12,
  DEVICE_STATUS = 0x14,
  CONFIG_GENERATION = 0x15,
  QUEUE_SELECT = 0x16,
  QUEUE_SIZE = 0x18,
  QUEUE_MSIX_VECTOR = 0x1a,
  QUEUE_ENABLE = 0x1c,
  QUEUE_NOTIFY_OFF = 0x1e,
  QUEUE_DESC = 0x20,
  QUEUE_DRIVER = 0x28,
  QUEUE_DEVICE = 0x30,
  QUEUE_NOTIF_CONFIG_DATA = 0x38,
  QUEUE_RESET = 0x3a,
};

/* Device status (2.1). */
enum {
  ACKNOWLEDGE = 1,
  DRIVER = 2,
  DRIVER_OK = 4,
  FEATURES_OK = 8,
  DEVICE_NEEDS_RESET = 64,
  FAILED = 128,
};

/* ISR status (4.1.4.5). */
enum { ISR_QUEUE = 1, ISR_CONFIGURATION = 2 };

/* Feature bits of all devices (6): bits 0 to 31 as they are, those above less 32. */
enum {
  VIRTIO_F_INDIRECT_DESC = 1u << 28,
  VIRTIO_F_EVENT_IDX = 1u << 29,
  VIRTIO_F_VERSION_1_HIGH = 1u << 0,
  VIRTIO_F_RING_RESET_HIGH = 1u << 8,
};

/* The split virtqueue (2.7). */
struct virtq_desc { uint64_t addr; uint32_t len; uint16_t flags, next; };
enum {
  VIRTQ_DESC_SIZE = sizeof(struct virtq_desc),
  VIRTQ_DESC_F_NEXT = 1,
  VIRTQ_DESC_F_WRITE = 2,
  VIRTQ_DESC_F_INDIRECT = 4,
  /* Offsets in the available ring and the used ring. */
  RING_FLAGS = 0,
  RING_IDX = 2,
  RING_ELEMENTS = 4,
  VIRTQ_USED_ELEM_SIZE = 8,
};

static inline uint32_t virtq_desc_length(uint32_t size) { return VIRTQ_DESC_SIZE * size; }
static inline uint32_t virtq_avail_length(uint32_t size) { return 6 + 2 * size; }
static inline uint32_t virtq_used_length(uint32_t size) { return 6 + VIRTQ_USED_ELEM_SIZE * size; }

/* The block device (5.2). */
struct virtio_blk_outhdr { uint32_t type, reserved; uint64_t sector; };
struct virtio_blk_discard_write_zeroes { uint64_t sector; uint32_t num_sectors, flags; };
enum {
  SECTOR = 512,
  VIRTIO_BLK_T_IN = 0,
  VIRTIO_BLK_T_OUT = 1,
  VIRTIO_BLK_T_FLUSH = 4,
  VIRTIO_BLK_T_GET_ID = 8,
  VIRTIO_BLK_T_DISCARD = 11,
  VIRTIO_BLK_T_WRITE_ZEROES = 13,
  VIRTIO_BLK_S_OK = 0,
  VIRTIO_BLK_S_IOERR = 1,
  VIRTIO_BLK_S_UNSUPP = 2,
  VIRTIO_BLK_ID_BYTES = 20,
  BLK_HEADER = sizeof(struct virtio_blk_outhdr),
  BLK_SEGMENT = sizeof(struct virtio_blk_discard_write_zeroes),
  BLK_WRITE_ZEROES_FLAG_UNMAP = 1,
  /* Offsets in struct virtio_blk_config. */
  BLK_CAPACITY = 0,
  BLK_SIZE_MAX = 8,
  BLK_WRITEBACK = 32,
  BLK_MAX_DISCARD_SECTORS = 36,
  BLK_MAX_DISCARD_SEG = 40,
};

/* The console device (5.3). */
struct virtio_console_control { uint32_t id; uint16_t event, value; };
enum {
  VIRTIO_CONSOLE_F_MULTIPORT = 1u << 1,
  VIRTIO_BLK_F_CONFIG_WCE = 1u << 11,
  VIRTIO_BLK_F_MQ = 1u << 12,
  CONSOLE_RECEIVE = 0,
  CONSOLE_TRANSMIT = 1,
  CONSOLE_CONTROL_RECEIVE = 2,
  CONSOLE_CONTROL_TRANSMIT = 3,
  VIRTIO_CONSOLE_DEVICE_READY = 0,
  VIRTIO_CONSOLE_DEVICE_ADD = 1,
  VIRTIO_CONSOLE_DEVICE_REMOVE = 2,
  VIRTIO_CONSOLE_PORT_READY = 3,
  VIRTIO_CONSOLE_CONSOLE_PORT = 4,
  VIRTIO_CONSOLE_RESIZE = 5,
  VIRTIO_CONSOLE_PORT_OPEN = 6,
  VIRTIO_CONSOLE_PORT_NAME = 7,
  CONSOLE_CONTROL = sizeof(struct virtio_console_control),
  /* Offsets in struct virtio_console_config. */
  CONSOLE_COLS = 0,
  CONSOLE_MAX_NR_PORTS = 4,
  CONSOLE_EMERG_WR = 8,
};

#endif
