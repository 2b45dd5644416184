/*
 * PCI by hand: configuration mechanism #1 (ports 0xCF8 and 0xCFC) and port I/O, which iopl(3)
 * allows a program. Only what a driver of our virtio functions needs: bus 0, function 0 of each
 * slot, and a base address register 0 in I/O space.
 */
#ifndef HOSTILE_PCI_H
#define HOSTILE_PCI_H

#include "ringbox.h"

enum {
  PCI_CONFIGURATION_ADDRESS = 0xcf8,
  PCI_CONFIGURATION_DATA = 0xcfc,
  PCI_CONFIGURATION_ENABLE = 1u << 31,
  PCI_SLOTS = 32,
};

/* Registers of the configuration space (PCI Local Bus Specification 3.0, 6.1). */
enum {
  PCI_VENDOR_ID = 0x00,
  PCI_DEVICE_ID = 0x02,
  PCI_COMMAND = 0x04,
  PCI_STATUS = 0x06,
  PCI_REVISION = 0x08,
  PCI_BASE_ADDRESS_0 = 0x10,
  PCI_SUBSYSTEM_ID = 0x2e,
  PCI_CAPABILITIES = 0x34,
  PCI_INTERRUPT_PIN = 0x3d,
};

enum {
  PCI_COMMAND_IO = 0x001,
  PCI_COMMAND_BUS_MASTER = 0x004,
  PCI_COMMAND_INTERRUPT_DISABLE = 0x400,
};

static inline uint32_t port_read(uint16_t port, unsigned width) {
  uint32_t value = 0;
  if (width == 1) __asm__ volatile("inb %w1, %b0" : "+a"(value) : "Nd"(port));
  else if (width == 2) __asm__ volatile("inw %w1, %w0" : "+a"(value) : "Nd"(port));
  else __asm__ volatile("inl %w1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

/* The memory clobber: what was written before is in memory when the device hears of it. */
static inline void port_write(uint16_t port, unsigned width, uint32_t value) {
  if (width == 1) __asm__ volatile("outb %b0, %w1" : : "a"(value), "Nd"(port) : "memory");
  else if (width == 2) __asm__ volatile("outw %w0, %w1" : : "a"(value), "Nd"(port) : "memory");
  else __asm__ volatile("outl %0, %w1" : : "a"(value), "Nd"(port) : "memory");
}

static void pci_select(unsigned slot, unsigned offset) {
  uint32_t address = PCI_CONFIGURATION_ENABLE | slot << 11 | (offset & 0xfc);
  port_write(PCI_CONFIGURATION_ADDRESS, 4, address);
}

/* `offset` and `width` (1, 2 or 4) must not cross a register of four bytes. */
static uint32_t pci_read(unsigned slot, unsigned offset, unsigned width) {
  pci_select(slot, offset);
  return port_read((uint16_t)(PCI_CONFIGURATION_DATA + (offset & 3)), width);
}

static void pci_write(unsigned slot, unsigned offset, unsigned width, uint32_t value) {
  pci_select(slot, offset);
  port_write((uint16_t)(PCI_CONFIGURATION_DATA + (offset & 3)), width, value);
}

#endif
