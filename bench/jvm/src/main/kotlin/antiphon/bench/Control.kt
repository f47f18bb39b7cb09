package antiphon.bench

import kotlin.system.exitProcess

/** Says that the server is ready, on which port and in which process; ends with whoever started it (servers/control.ts). */
fun ready(port: Int) {
    println("port $port ${ProcessHandle.current().pid()}")
    while (readlnOrNull() != null) Unit
    exitProcess(0)
}
