// SPDX-License-Identifier: Apache-2.0
package dev.jpull.pull;

import dev.jpull.http.HttpClients;
import dev.jpull.layer.LayerWorkers;
import dev.jpull.registry.Hedge;
import dev.jpull.registry.HostStates;
import dev.jpull.registry.Sleeper;
import dev.jpull.transfer.TransferPool;

/**
 * What the pulls of one engine share. All of it is safe for use by several threads.
 *
 * @param clients the connections
 * @param hostStates the state of the hosts, by the outcomes of earlier requests
 * @param sleeper how pauses before a retry pass
 * @param hedge asks the next host when one is late
 * @param pool the threads that move content
 * @param layers the threads that work on the content of layers
 */
record EngineResources(
        HttpClients clients,
        HostStates hostStates,
        Sleeper sleeper,
        Hedge hedge,
        TransferPool pool,
        LayerWorkers layers) {}
