"""What can go wrong with an engine, by code; `wholeservice explain CODE` prints the text."""

CODES = {
    "ENG101": "The workspace is to be computed on Spark, and the Python package for it is not installed. Install"
    " wholeservice[spark], or take `engine:` out of wholeservice.yaml (and WHOLESERVICE_ENGINE out of the environment):"
    " DuckDB, which needs nothing more, is then used.",
    "ENG102": "Spark runs on Java, and none was found. Install Java 17 or newer (on Debian or Ubuntu: openjdk-17-jre-headless),"
    " or say where it is with JAVA_HOME.",
    "ENG103": "Spark did not start, or the cluster did not answer: the address is wrong, the master is down, no worker"
    " has room, or the cluster runs another version of Spark than the one installed here.",
}
