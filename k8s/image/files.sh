#!/bin/sh
# Lays out what the image has in /opt/tandem. From the project's folder, after mvn package:
#   k8s/image/files.sh FOLDER [JRE]
# With JRE, the very one that the image has (version 25 or newer), bin/warm adds what halves the time of each start.
set -eu
folder=$1
jre=${2:-}
rm -rf "$folder"
mkdir -p "$folder"
cp -R target/tandem.jar target/lib k8s/image/jvm.options "$folder"
# the JVM compares these times with those in the image, where builders set them so; and the same input gives the same image
find "$folder" -exec touch -h -d @1 {} +
[ -n "$jre" ] || exit 0

folder=$(cd "$folder" && pwd)
bin/warm "$jre" "$folder/tandem.jar" "$folder/tandem.aot" "$PWD/routes" @"$folder/jvm.options"
# an option that can't do harm: without the file, or with another JVM, the start is as it would be without it
printf -- '-XX:AOTCache=/opt/tandem/tandem.aot\n' >>"$folder/jvm.options"
find "$folder" -exec touch -h -d @1 {} +
