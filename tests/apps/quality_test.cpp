// From a classifier's run to numbers of quality, on the command line.
#include <doctest/doctest.h>

#include <filesystem>

#include "support/columns_set.h"
#include "support/says.h"

using namespace ganflow;
using namespace ganflow::test;

TEST_SUITE("quality") {
  TEST_CASE("train classifier, export its extractor, evaluate a run and a folder of images") {
    const ColumnsSet set;
    const TemporaryDirectory dir;
    const std::string classes = dir / "classes", run = dir / "run", extractor = dir / "e.h5";
    REQUIRE(command("train classifier --data " + set.data() +
                    " --set width=4 --set lr=0.01 --set shift=0 --batch 40 --steps 40 --threads 1 "
                    "--out " +
                    classes)
                .exit_code == 0);
    const Outcome exported = command("export " + classes + " --extractor " + extractor);
    REQUIRE(exported.exit_code == 0);
    says(exported, "28 x 28 pixels, 10 classes, accuracy ");
    REQUIRE(command("train gan --data " + set.data() +
                    " --set generator=8 --set critic=8 --batch 8 --steps 2 --threads 1 --out " +
                    run)
                .exit_code == 0);

    const Outcome measured = command("evaluate " + run + " --extractor " + extractor +
                                     " --metric fid,precision,confidence -n 64");
    CHECK(measured.exit_code == 0);
    says(measured, "quality of replica 0 at step 2: seed ");
    says(measured, "64 samples against 70 of mnist#test, extractor classifier ");
    says(measured, ", resize none, estimators' seed 0\n");
    says(measured, "share of generated rows near real ones; balls to neighbour 3\n");
    for (const char* column : {"  fid ", "  precision ", "  confidence ", "  success "})
      says(measured, column);
    CHECK(measured.output.find("recall") == std::string::npos);

    REQUIRE(command("sample " + run + " -n 30 --images " + (dir / "images")).exit_code == 0);
    const Outcome folder = command("evaluate --images " + (dir / "images") + " --against " +
                                   set.data() + " --extractor " + extractor);
    CHECK(folder.exit_code == 0);
    says(folder, ": 30 images");
    says(folder, "30 samples against 200 of mnist, extractor classifier ");
    CHECK(folder.output.find("subset_fid") == std::string::npos);
    // A set of real images is closer to others of its kind.
    const Outcome real = command("evaluate --images " + set.data() + "#test --against " +
                                 set.data() + " --extractor " + extractor + " --metric fid");
    CHECK(real.exit_code == 0);
    says(real, "70 samples against 200 of mnist");
    // Labels of a set are at hand.
    const Outcome accuracy =
        command("evaluate --images " + set.data() + "#test --against " + set.data() +
                " --extractor " + extractor + " --metric class_accuracy,subset_fid");
    CHECK(accuracy.exit_code == 0);
    says(accuracy, "  class_accuracy ");
    says(accuracy, "mean fid of subsets; 120 subsets of 70 samples, covariances");

    // The run draws no paths of its own.
    const Outcome paths = command("evaluate " + run + " --extractor " + extractor +
                                  " --metric path_confidence,path_change --frames 5 --paths 4");
    CHECK(paths.exit_code == 0);
    says(paths, "4 paths of 5 frames, each begins where the last one ends\n");
    for (const char* column :
         {"  path_confidence.unsure ", "  path_change.msssim ", "  path_change.sharpness_inner "})
      says(paths, column);
    CHECK(command("evaluate " + run + " --metric path_change --frames 3 --paths 2").exit_code == 0);
    const Outcome none = command("evaluate --images " + (dir / "images") + " --against " +
                                 set.data() + " --metric path_change");
    CHECK(none.exit_code == 2);
    CHECK(
        none.output ==
        "ganflow: --metric path_change: it is of samples along paths between latents, which a run "
        "has and images have not\n");
  }

  TEST_CASE("what cannot be measured is said in one sentence") {
    const ColumnsSet set;
    const TemporaryDirectory dir;
    const std::string run = dir / "run";
    REQUIRE(command("train gan --data " + set.data() +
                    " --set generator=8 --set critic=8 --batch 8 --steps 1 --threads 1 --out " +
                    run)
                .exit_code == 0);
    const auto refused = [](const std::string& arguments, int code) {
      const Outcome outcome = command(arguments);
      CHECK(outcome.exit_code == code);
      return outcome.output;
    };
    CHECK(refused("export " + run + " --extractor " + (dir / "e.h5"), 2) ==
          "ganflow: " + run +
              ": an extractor is made of a run of graph 'classifier', this is one "
              "of 'gan'\n");
    CHECK(refused("evaluate " + run + " --metric fid", 2) ==
          "ganflow: say which extractor sees the features, --extractor FILE: export RUN "
          "--extractor FILE writes one of a run of graph 'classifier'\n");
    CHECK(refused("evaluate " + run + " --metric path_chance", 2)
              .starts_with("ganflow: --metric path_chance: no such measure; did you mean "
                           "'path_change'? there are: fid, "));
    CHECK(refused("evaluate", 2) ==
          "ganflow: evaluate takes the directory of a run or --images, one of them\n");
    CHECK(refused("evaluate " + run + " --extractor " + (dir / "none.h5"), 2) ==
          "ganflow: " + (dir / "none.h5") + ": there is no such extractor\n");
    CHECK(refused("train gan --data " + set.data() + " --set extractor=" + (dir / "none.h5"), 2) ==
          "ganflow: " + (dir / "none.h5") + ": there is no such extractor\n");
  }
}
