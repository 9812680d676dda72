#!/bin/sh
# Lays out what the image has in /opt/tandem. From the project's folder, after mvn package:
#   k8s/image/files.sh FOLDER [JRE]
# With JRE, the very one that the image has (version 25 or newer), it runs the demo for a moment and has the JVM keep what it
# found out about Tandem's classes (JEP 483, 514): each start in the image then takes half the time.
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
java=$(cd "$jre" && pwd)/bin/java
routes=$PWD/routes
work=$(mktemp -d)
demo=
trap '[ -z "$demo" ] || kill "$demo" 2>/dev/null; rm -rf "$work"' EXIT
cd "$work"

"$java" @"$folder/jvm.options" -XX:AOTCacheOutput="$folder/tandem.aot" -jar "$folder/tandem.jar" demo \
  --set tandem.routes="$routes" --set tandem.http.port=0 --set tandem.management.port=0 \
  --set demo.api-one.port=0 --set demo.api-two.port=0 --set demo.authorization-server.port=0 >log 2>&1 &
demo=$!
url=
while [ -z "$url" ]; do
  kill -0 "$demo" 2>/dev/null || { cat log >&2; exit 1; }
  sleep 0.2
  url=$(sed -n 's|.* listens on \(http://[^,]*\),.*|\1|p' log)
done
printf '{"order":1,"item":"tea"}\n' >order.json
cp order.json data/inbox/order.json
for i in 1 2 3; do
  "$java" -jar "$folder/tandem.jar" send --url "$url" order.json >/dev/null
done
while [ ! -f data/replies/order.json.reply.json ]; do sleep 0.2; done
kill "$demo"
wait "$demo" || { cat log >&2; exit 1; }
demo=
[ -s "$folder/tandem.aot" ] || { cat log >&2; exit 1; }
# an option that can't do harm: without the file, or with another JVM, the start is as it would be without it
printf -- '-XX:AOTCache=/opt/tandem/tandem.aot\n' >>"$folder/jvm.options"
find "$folder" -exec touch -h -d @1 {} +
