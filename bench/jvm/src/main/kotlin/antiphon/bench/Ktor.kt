package antiphon.bench

import io.ktor.server.application.install
import io.ktor.server.engine.embeddedServer
import io.ktor.server.netty.Netty
import io.ktor.server.routing.routing
import io.ktor.server.websocket.DefaultWebSocketServerSession
import io.ktor.server.websocket.WebSockets
import io.ktor.server.websocket.webSocket
import java.util.concurrent.ConcurrentHashMap
import kotlinx.coroutines.runBlocking

object Ktor {
    private val subscribers = ConcurrentHashMap.newKeySet<DefaultWebSocketServerSession>()

    @JvmStatic
    fun main(args: Array<String>) {
        val server = embeddedServer(Netty, host = "127.0.0.1", port = 0) {
            install(WebSockets)
            routing {
                webSocket("/") {
                    for (frame in incoming) send(frame)
                }
                webSocket("/subscribe") {
                    subscribers.add(this)
                    for (frame in incoming) Unit
                    subscribers.remove(this)
                }
                webSocket("/publish") {
                    // A frame is read as it is written, by one session alone.
                    for (frame in incoming) for (subscriber in subscribers) subscriber.send(frame.copy())
                }
            }
        }.start()
        ready(runBlocking { server.engine.resolvedConnectors().first().port })
    }
}
