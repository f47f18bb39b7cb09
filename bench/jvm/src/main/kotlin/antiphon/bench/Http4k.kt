package antiphon.bench

import java.util.concurrent.ConcurrentHashMap
import org.http4k.core.Response
import org.http4k.core.Status.Companion.UPGRADE_REQUIRED
import org.http4k.routing.websockets
import org.http4k.routing.ws.bind
import org.http4k.server.Jetty
import org.http4k.server.PolyHandler
import org.http4k.server.asServer
import org.http4k.websocket.Websocket
import org.http4k.websocket.WsHandler
import org.http4k.websocket.WsResponse

object Http4k {
    private val subscribers = ConcurrentHashMap.newKeySet<Websocket>()

    private val echo: WsHandler = {
        WsResponse { socket -> socket.onMessage { socket.send(it) } }
    }
    private val subscribe: WsHandler = {
        WsResponse { socket ->
            subscribers.add(socket)
            socket.onClose { subscribers.remove(socket) }
        }
    }
    private val publish: WsHandler = {
        WsResponse { socket ->
            socket.onMessage { message -> for (subscriber in subscribers) subscriber.send(message) }
        }
    }

    @JvmStatic
    fun main(args: Array<String>) {
        val sockets = websockets("/" bind echo, "/subscribe" bind subscribe, "/publish" bind publish)
        val app = PolyHandler({ Response(UPGRADE_REQUIRED) }, sockets)
        ready(app.asServer(Jetty(0)).start().port())
    }
}
