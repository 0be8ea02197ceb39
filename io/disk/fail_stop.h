// How HDF5 files are written: by a file driver of our own, like the library's default one except
// that a file of which one write failed takes no more.
//
// The library goes on after a failure: when the chunk of a table finds no room it still records, in
// parts of the file that have room, that the rows are there. With this driver the file stays a
// prefix of what was to be written, as if the process had been killed there, which a live (SWMR)
// file is made for.
#pragma once

#include <hdf5.h>

namespace ganflow::hdf5 {

// Lets files opened with this access list be written that way.
void set_fail_stop_driver(hid_t access);

}  // namespace ganflow::hdf5
