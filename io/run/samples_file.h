// Generated samples in an immutable file: /images uint8 (N, H, W, C) or /points float32 (N, D), and
// /grid, the picture beside it as a PNG, with the attributes of the HDF5 image specification 1.2;
// of samples that are not drawn /values float32 (N, row...) alone.
#pragma once

#include <string>
#include <vector>

#include "io/images/picture.h"

namespace ganflow {

// What samples were made of, a row a sample: latents (row: (D)) or labels (row: rank 0).
struct SampleDraws {
  std::string name;  // "latents", "labels"
  Shape row;
  std::vector<float> data;
  std::vector<std::string> classes = {};  // of labels: their names; empty: they have none
};

// As part of a file's name: what is no letter, digit or '-' is '_'.
std::string name_in_files(const std::string& class_name);

// Sealed and durable; `grid` is not read where nothing is drawn. With a dataset of each of the
// draws: float32, labels int64 with the classes' names by label as attribute class_names, JSON.
// Throws Error(output).
void write_samples(const std::string& path, const Samples& samples, const Pixels& grid,
                   const std::vector<SampleDraws>& draws = {});
// The same without the grid, for numpy: images or points, and the draws. Throws Error(output).
void write_samples_npz(const std::string& path, const Samples& samples,
                       const std::vector<SampleDraws>& draws);
// Every sample by itself. Throws Error(usage) for what is no image.
std::vector<Pixels> single_pictures(const Samples& samples);
// DIRECTORY/00000.png, ..., with a class that has a name 00000_cat.png. Throws Error(usage) for
// what is no image, Error(output).
void write_pngs(const std::string& directory, const Samples& samples,
                const std::vector<SampleDraws>& draws = {});

// /latents of a file, (N, row...) numbers. How many there are: at least one. Throws Error(usage)
// for a file without latents of that shape, Error(input) for no HDF5 file.
Extent latents_count(const std::string& path);
std::vector<float> read_latents(const std::string& path, const Shape& row);

}  // namespace ganflow
