/** What `ringbox disk --help` prints. */
export const diskHelpText = `Usage: ringbox disk create FILE --size SIZE [--format FORMAT] [--force]
       ringbox disk convert IN OUT [--format FORMAT] [--base IMAGE] [--force]
       ringbox disk info FILE [--json]

Makes, converts and inspects disk images. What is read is recognised by its content; what is
written has the format that its name ends with, or that --format names:

  raw      .img, .raw   the bytes of the disk
  gzip     .gz          the same, compressed
  zstd     .zst         the same, compressed; takes the program zstd
  store    .ringdisk    what Ringbox keeps a disk's changes in
  qcow2    .qcow2       QEMU's; takes the program qemu-img (Debian package qemu-utils)

create makes an empty disk, raw or a store. convert copies a whole disk; zeros take no room where
the format has holes. info tells of a file's format, size, what of the disk is stored, version,
base, and whether it is clean: nothing is left in it that its next opening has to complete.

  --size SIZE        bytes, or with K, M, G, T (powers of 1024): 512M, 8G; a multiple of 512
  --format FORMAT    raw, gzip, zstd, store or qcow2
  --base IMAGE       the image that the store IN was made over, without which it is no whole disk
  --force            replace FILE or OUT if it is there
  --json             info as JSON; sizes are bytes
  --help             print this

A file gets its name when it is complete: whatever happens, FILE or OUT is all new or as it was.
Nothing is ever written to IN and IMAGE.

Exit status: 0 done, 1 something failed, 2 wrong usage or a file that cannot be used;
129, 130, 143 ended by SIGHUP, SIGINT, SIGTERM.
`;
