// Samples and weights of a run, taken elsewhere: without its data, for other tools.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "io/disk/hdf5.h"
#include "io/images/png.h"
#include "io/run/resume.h"
#include "support/command.h"
#include "support/image_files.h"
#include "support/run_example.h"

using namespace ganflow;
using namespace ganflow::test;

namespace {

std::vector<float> numbers(const std::string& file, const std::string& name) {
  const hdf5::File opened = hdf5::open_file(file);
  const hdf5::Dataset dataset = hdf5::open_dataset(opened.id(), name);
  std::size_t count = 1;
  for (const hsize_t extent : hdf5::extents(dataset)) count *= extent;
  std::vector<float> values(count);
  hdf5::check(H5Dread(dataset.id(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
              "read");
  return values;
}

// Evaluates a Python expression on numpy and reports what it prints.
std::string python(const std::string& code) {
  const TemporaryDirectory dir;
  std::ofstream(dir / "a.py") << code;
  const std::string out = dir / "out";
  if (std::system(("/usr/bin/python3 " + (dir / "a.py") + " > " + out + " 2>&1").c_str()) != 0)
    MESSAGE("python failed");
  std::ifstream file(out);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

TEST_SUITE("samples") {
  TEST_CASE("what a metric keeps lies beside the samples, as often as it measures") {
    const TemporaryDirectory dir;
    const std::string run = dir / "run", centres = run + "/replica_000/centres/";
    const Outcome outcome = command(
        "train thesis-two --steps 40 --batch 8 --evaluate-every 20 --set kl.samples=50 --set "
        "kl.centres=30 --out " +
        run);
    REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.output);
    for (const char* step : {"step_000000020", "step_000000040"}) {
      const std::vector<float> found = numbers(centres + step + ".h5", "points");
      CHECK(found.size() == 2 * 2 * 30);
      for (const float v : found) CHECK((v >= 0 && v < 28));
      CHECK(std::filesystem::exists(centres + step + ".png"));
    }
    CHECK(command("verify " + run).exit_code == 0);
    CHECK(command("train --resume " + run).exit_code == 0);
  }

  // Was: "there is no directory d", for every sample of a run whose images had moved.
  TEST_CASE("sample and evaluate need no data, and --resume takes them from elsewhere") {
    const TemporaryDirectory dir;
    const std::string run = dir / "run", data = dir / "data";
    std::filesystem::copy(cifar_root() + "/cifar-10", data,
                          std::filesystem::copy_options::recursive);
    const std::string flags =
        "train cdcgan --steps 1 --batch 4 --set width=4 --set quality=32 --set frames=5 --out " +
        run;
    REQUIRE(command(flags + " --data cifar10:" + data).exit_code == 0);
    const RunIndex index = read_run_index(run);
    CHECK(index.info.options.at("data") == "cifar10:" + data);
    CHECK(index.info.images.at("cifar10").classes == 10);
    REQUIRE(command("sample " + run + " -n 64 --out " + (dir / "with")).exit_code == 0);
    CHECK(command("evaluate " + run).output.find("quality of replica 0") != std::string::npos);
    std::filesystem::rename(data, dir / "moved");
    const Outcome sample = command("sample " + run + " -n 64 --out " + (dir / "without"));
    REQUIRE_MESSAGE(sample.exit_code == 0, sample.output);
    CHECK(numbers(dir / "with.h5", "images") == numbers(dir / "without.h5", "images"));
    const Outcome evaluate = command("evaluate " + run);
    CHECK_MESSAGE(evaluate.exit_code == 0, evaluate.output);
    CHECK(evaluate.output.find("path_change of replica 0") != std::string::npos);
    CHECK(evaluate.output.find("quality compares with the run's data; say where they are, --data "
                               "SET:PATH") != std::string::npos);
    CHECK(command("evaluate " + run + " --data cifar10:" + (dir / "moved"))
              .output.find("quality of replica 0") != std::string::npos);
    CHECK(command("train --resume " + run).exit_code == 2);
    const Outcome more =
        command("train --steps 2 --data cifar10:" + (dir / "moved") + " --resume " + run);
    CHECK_MESSAGE(more.exit_code == 0, more.output);
    CHECK(left_by(run, 0).step > 1);
  }

  // Was: the classes of samples were unknown, and none could be chosen.
  TEST_CASE("labels and latents are kept, one class can be chosen") {
    const TemporaryDirectory dir;
    const std::string run = dir / "run", all = dir / "all";
    REQUIRE(command("train cdcgan --steps 1 --batch 4 --set width=4 --set quality=32 --data " +
                    cifar_data() + " --out " + run)
                .exit_code == 0);
    REQUIRE(command("sample " + run + " -n 20 --out " + all).exit_code == 0);
    const std::vector<float> labels = numbers(all + ".h5", "labels");
    REQUIRE(labels.size() == 20);
    for (std::size_t i = 0; i < labels.size(); ++i) CHECK(labels[i] == static_cast<float>(i % 10));
    const Outcome three = command("sample " + run + " -n 20 --class 3 --out " + (dir / "three") +
                                  ".png --npz --images " + (dir / "single"));
    REQUIRE_MESSAGE(three.exit_code == 0, three.output);
    CHECK(numbers(dir / "three.h5", "labels") == std::vector<float>(20, 3));
    CHECK(numbers(dir / "three.h5", "latents") == numbers(all + ".h5", "latents"));
    // Was: one class had the name of the samples of all, and replaced them.
    CHECK(command("sample " + run + " -n 4 --class 3").output.find("draw_0_class_3_cat.h5") !=
          std::string::npos);
    // The samples that were of this class stay what they were, the others change.
    const std::vector<float> was = numbers(all + ".h5", "images"),
                             is = numbers(dir / "three.h5", "images");
    const std::size_t pixels = was.size() / 20;
    for (const std::size_t i : {3u, 13u}) {
      float most = 0;
      for (std::size_t p = i * pixels; p < (i + 1) * pixels; ++p)
        most = std::max(most, std::abs(was[p] - is[p]));
      CHECK(most <= 1);
    }
    CHECK(was != is);
    // Single images, and all of it for numpy.
    const Pixels single = read_png(dir / "single/00019_cat.png");
    for (std::size_t p = 0; p < pixels; ++p)
      CHECK(single.data[p] == static_cast<std::uint8_t>(is[19 * pixels + p]));
    CHECK(
        python("import numpy, h5py\n"
               "z = numpy.load('" +
               (dir / "three.npz") +
               "')\n"
               "f = h5py.File('" +
               (dir / "three.h5") +
               "')\n"
               "print(*sorted(z), all((z[k] == f[k][:]).all() for k in z), z['labels'].dtype)\n") ==
        "images labels latents True int64\n");
    const Outcome none = command("sample " + run + " --class 10");
    CHECK(none.exit_code == 2);
    CHECK(none.output == "ganflow: --class: 10 is given, it must be at most 9\n");
  }

  // Was not there.
  TEST_CASE("samples of latents from a file") {
    const TemporaryDirectory dir;
    const std::string run = dir / "run";
    REQUIRE(command(kTiny + "--steps 20 --out " + run).exit_code == 0);
    REQUIRE(command("sample " + run + " -n 600 --draw 3 --out " + (dir / "a/b")).exit_code == 0);
    REQUIRE(command("sample " + run + " --latents " + (dir / "a/b.h5") + " --out " + (dir / "c"))
                .exit_code == 0);
    const std::vector<float> was = numbers(dir / "a/b.h5", "points"),
                             is = numbers(dir / "c.h5", "points");
    REQUIRE(was.size() == 1200);
    REQUIRE(is.size() == 1200);
    for (std::size_t i = 0; i < was.size(); ++i) CHECK(is[i] == doctest::Approx(was[i]));
    const Outcome points = command("sample " + run + " --images " + (dir / "d"));
    CHECK(points.exit_code == 2);
    CHECK(points.output.find("are points, not images") != std::string::npos);
    const Outcome classes = command("sample " + run + " --class 1");
    CHECK(classes.output == "ganflow: --class 1: the samples of this run have no classes\n");
    const Outcome other =
        command("sample " + run + " --latents " + run + "/replica_000/samples/step_000000020.h5");
    CHECK(other.exit_code == 6);
    CHECK(other.output.find("no HDF5 file with a dataset /latents") != std::string::npos);
  }

  // Was: HDF5 only; seeds and settings stood in the JSON of run.h5 alone.
  TEST_CASE("export: weights for numpy, tables and a summary as CSV, attributes of metrics.h5") {
    const TemporaryDirectory dir;
    const std::string run = dir / "run", out = dir / "out";
    REQUIRE(command(kTiny + "--seed 5 --set lr=5e-4,1e-3 --steps 20 --out " + run).exit_code == 0);
    const Outcome outcome = command("export " + run + " --csv --out " + out);
    REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.output);
    CHECK(python("import numpy, h5py, csv\n"
                 "z = numpy.load('" +
                 out +
                 "/replica_001.npz')\n"
                 "f = h5py.File('" +
                 run +
                 "/replica_001/checkpoints/step_000000020.h5')['variables']\n"
                 "print(z['step'], len(z) > 10, all((z[k] == f[k][()]).all() and z[k].shape == "
                 "f[k].shape "
                 "for k in z if k != 'step'))\n"
                 "t = h5py.File('" +
                 run +
                 "/metrics.h5')['replica_001']\n"
                 "rows = list(csv.reader(open('" +
                 out +
                 "/replica_001_critic.csv')))\n"
                 "c = t['critic'][:]\n"
                 "print(len(rows), len(c), rows[0] == list(c.dtype.names), all(numpy.float32(v) == "
                 "numpy.float32(w) for r, q in zip(rows[1:], c) for v, w in zip(r, q)))\n"
                 "print(t.attrs['seed'], t.attrs['lr'].decode())\n") ==
          "20 True True\n21 20 True True\n5 1e-3\n");
    const std::string summary = text_of(out + "/summary.csv");
    CHECK(summary.starts_with("replica,seed,graph,cell,critic,generator,lr,step,"));
    CHECK(summary.find("\n0,5,toy-8gaussians,,16,16,0.0005,20,") != std::string::npos);
    CHECK(summary.find("\n1,5,toy-8gaussians,,16,16,0.001,20,") != std::string::npos);
  }

  // Was: refused; weights could not leave the settings they were trained with.
  TEST_CASE("--init begins with the Variables of another run") {
    const TemporaryDirectory dir;
    const std::string first = dir / "first", second = dir / "second", third = dir / "third";
    REQUIRE(command(kTiny + "--steps 40 --checkpoint-every 20 --out " + first).exit_code == 0);
    // With a learning rate of 0 what was taken is what is left.
    const Outcome outcome =
        command(kTiny + "--steps 5 --set lr=0 --seed 9 --init " + first + ":20 --out " + second);
    REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.output);
    CHECK(outcome.output.find(" Variables begin with their values of step 20\n") !=
          std::string::npos);
    const Checkpoint was = load_checkpoint(first, 0, 20), is = load_checkpoint(second, 0);
    CHECK(is.state.step == 5);
    for (const auto& [name, values] : was.state.variables)
      if (!name.starts_with("critic_step") && !name.starts_with("generator_step"))
        CHECK_MESSAGE(is.state.variables.at(name) == values, name);
    const Outcome other = command(
        "train toy-8gaussians --batch 16 --set generator=16 --set critic=24 --steps 5 --init " +
        first + " --out " + third);
    CHECK_MESSAGE(other.exit_code == 0, other.output);
    CHECK(other.output.find(" do not fit and begin anew: ") != std::string::npos);
    std::filesystem::rename(first, dir / "away");
    CHECK(command("train --resume " + third + " --steps 10").exit_code == 0);
    std::filesystem::rename(dir / "away", first);
    const Outcome none = command(kTiny + "--init " + first + ":21 --out " + (dir / "none"));
    CHECK(none.exit_code == 2);
    CHECK(none.output.find("has no checkpoint of replica 0 at step 21: there are 20, 40") !=
          std::string::npos);
  }

  // Was: paths only where --set frames=... had been trained with, between latents no one chose.
  TEST_CASE("paths between chosen samples, also as a GIF") {
    const TemporaryDirectory dir;
    const std::string run = dir / "run", path = dir / "path";
    REQUIRE(command("train cdcgan --steps 1 --batch 4 --set width=4 --set quality=32 --data " +
                    cifar_data() + " --out " + run)
                .exit_code == 0);
    REQUIRE(command("sample " + run + " -n 8 --out " + (dir / "all")).exit_code == 0);
    const Outcome outcome =
        command("sample " + run + " --between 2,7,4 --frames 5 --gif --out " + path + ".gif");
    REQUIRE_MESSAGE(outcome.exit_code == 0, outcome.output);
    const std::vector<float> z = numbers(dir / "all.h5", "latents"),
                             along = numbers(path + ".h5", "latents");
    const std::size_t size = z.size() / 8;
    REQUIRE(along.size() == 10 * size);
    const auto row = [&](const std::vector<float>& rows, std::size_t i) {
      return std::vector<float>(rows.begin() + static_cast<std::ptrdiff_t>(i * size),
                                rows.begin() + static_cast<std::ptrdiff_t>((i + 1) * size));
    };
    CHECK(row(along, 0) == row(z, 2));
    CHECK(row(along, 5) == row(z, 7));
    for (std::size_t k = 0; k < size; ++k) {
      CHECK(row(along, 4)[k] == doctest::Approx(row(z, 7)[k]).epsilon(1e-5));
      CHECK(row(along, 2)[k] == doctest::Approx((row(z, 2)[k] + row(z, 7)[k]) / 2).epsilon(1e-5));
    }
    CHECK(numbers(path + ".h5", "labels") == std::vector<float>{2, 2, 2, 2, 2, 7, 7, 7, 7, 7});
    CHECK(read_png(path + ".png").width == 5 * 33 - 1);
    std::ifstream file(path + ".gif", std::ios::binary);
    const std::string gif{std::istreambuf_iterator<char>(file), {}};
    CHECK(gif.starts_with("GIF89a"));
    const Outcome beyond = command("sample " + run + " --between 2,9 --latents " + dir.path() +
                                   "/all.h5 --out " + (dir / "no"));
    CHECK(beyond.exit_code == 2);
    CHECK(beyond.output.find("has samples 0 to 7") != std::string::npos);
    CHECK(command("sample " + run + " --between 2").output ==
          "ganflow: --between 2: name at least two samples, --between 3,17\n");
    const Outcome film = command("export " + run + " --gif --out " + (dir / "out"));
    REQUIRE_MESSAGE(film.exit_code == 0, film.output);
    CHECK(film.output.find("replica_000_samples.gif: ") != std::string::npos);
    CHECK(std::filesystem::exists(dir / "out/replica_000_samples.gif"));
  }
}
