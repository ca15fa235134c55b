#!/bin/sh
# Runs the study with chef, and with Snakemake where that is installed, and compares the scores.
set -e
rm -rf out snake .snakemake .chefcache
chef build --quiet
cat out/*.txt | sort > chef.scores
echo "chef: $(wc -l < chef.scores) scores, $(awk '$1 != $2' chef.scores | wc -l) of two devices"
if command -v snakemake > /dev/null; then
  snakemake --quiet --cores 1 > /dev/null 2>&1
  cat snake/*.score | sort > snakemake.scores
  cmp chef.scores snakemake.scores && echo "snakemake: the same scores"
else
  echo "snakemake: not installed"
fi
rm -f chef.scores snakemake.scores
