// SPDX-License-Identifier: Apache-2.0
package dev.jpull.manifest;

import dev.jpull.image.Digest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Names a stack of layers by the digests of their uncompressed content (OCI image-spec, config.md "Layer ChainID"). */
public final class ChainId {
    private ChainId() {}

    /**
     * The chain IDs of a stack: the first is the diff ID of the base layer, the last names the whole stack.
     *
     * @param diffIds the digests of the uncompressed layers, base first
     * @return one chain ID for each layer
     */
    public static List<Digest> chain(List<Digest> diffIds) {
        List<Digest> chain = new ArrayList<>(diffIds.size());
        for (Digest diffId : diffIds) {
            if (chain.isEmpty()) {
                chain.add(diffId);
            } else {
                String pair = chain.get(chain.size() - 1) + " " + diffId;
                chain.add(Digest.sha256(pair.getBytes(StandardCharsets.US_ASCII)));
            }
        }
        return chain;
    }
}
