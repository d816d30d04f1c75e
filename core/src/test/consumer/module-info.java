// SPDX-License-Identifier: Apache-2.0
/** A program that embeds the library, compiled and started by the tests of package {@code dev.jpull.consumer}. */
module example.consumer {
    requires dev.jpull;
    requires com.fasterxml.jackson.databind;
    requires java.management;
}
