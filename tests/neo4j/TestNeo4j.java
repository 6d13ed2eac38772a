import java.io.IOException;
import java.io.PrintWriter;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/**
 * Starts Neo4j with the settings file args[0] in the folder args[1] and prints "PORT n"; or, without a folder, prints
 * "PORT n" of a port where each who connects has a Neo4j of its own for as long as the connection lasts, and is answered
 * with "PORT n" and a line with its folder, in the current one. Ends when its standard input closes.
 *
 * <p>Neo4j's classes are for a newer Java than this file is compiled with, hence the reflection.
 */
public final class TestNeo4j {
  public static void main(String[] args) throws Exception {
    Path settings = Path.of(args[0]);
    Path home = args.length == 1 ? null : Path.of(args[1]);
    Thread parent = new Thread(() -> endWithParent(home), "parent");
    parent.setDaemon(true);
    parent.start();
    try {
      int port = home == null ? listen(settings) : port(start(home, settings));
      System.out.println("PORT " + port);
      System.out.flush();
    } catch (Throwable failure) {
      failure.printStackTrace();
      Runtime.getRuntime().halt(1);
    }
    parent.join();
  }

  private static int listen(Path settings) throws IOException {
    ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread host = new Thread(() -> accept(door, settings), "host");
    host.setDaemon(true);
    host.start();
    return door.getLocalPort();
  }

  private static void accept(ServerSocket door, Path settings) {
    while (true) {
      try {
        Socket guest = door.accept();
        Thread thread = new Thread(() -> serve(guest, settings), "guest");
        thread.setDaemon(true);
        thread.start();
      } catch (IOException gone) {
        return;
      }
    }
  }

  private static void serve(Socket guest, Path settings) {
    try (guest;
        var input = guest.getInputStream();
        var answer = new PrintWriter(guest.getOutputStream(), true, StandardCharsets.UTF_8)) {
      Path home = Files.createTempDirectory(Path.of("").toAbsolutePath(), "neo4j-");
      Object service;
      try {
        service = start(home, settings);
      } catch (Throwable failure) {
        failure.printStackTrace(answer);
        return;
      }
      answer.println("PORT " + port(service));
      answer.println(home);
      try {
        while (input.read() >= 0) {}
      } catch (IOException gone) {
        // The same as its end.
      }
      call(service, Class.forName("org.neo4j.dbms.api.DatabaseManagementService"), "shutdown");
      remove(home);
    } catch (Exception failure) {
      failure.printStackTrace();
    }
  }

  private static Object start(Path home, Path settings) throws Exception {
    Class<?> builderClass = Class.forName("org.neo4j.dbms.api.DatabaseManagementServiceBuilder");
    Object builder = builderClass.getConstructor(Path.class).newInstance(home);
    call(builder, builderClass, "loadPropertiesFromFile", settings);
    return call(builder, builderClass, "build");
  }

  private static int port(Object service) throws Exception {
    Class<?> serviceClass = Class.forName("org.neo4j.dbms.api.DatabaseManagementService");
    Object system = call(service, serviceClass, "database", "system");
    Object resolver =
        call(system, Class.forName("org.neo4j.kernel.internal.GraphDatabaseAPI"), "getDependencyResolver");
    Class<?> portsClass = Class.forName("org.neo4j.configuration.connectors.ConnectorPortRegister");
    Object ports =
        call(resolver, Class.forName("org.neo4j.common.DependencyResolver"), "resolveDependency", portsClass);
    Class<?> kind = Class.forName("org.neo4j.configuration.connectors.ConnectorType");
    Object bolt = kind.getField("BOLT").get(null);
    Object address = portsClass.getMethod("getLocalAddress", kind).invoke(ports, bolt);
    return (int) call(address, address.getClass(), "getPort");
  }

  private static Object call(Object target, Class<?> owner, String name, Object... arguments) throws Exception {
    for (Method method : owner.getMethods()) {
      if (method.getName().equals(name) && accepts(method.getParameterTypes(), arguments)) {
        return method.invoke(target, arguments);
      }
    }
    throw new NoSuchMethodException(owner.getName() + "." + name);
  }

  private static boolean accepts(Class<?>[] types, Object[] arguments) {
    if (types.length != arguments.length) {
      return false;
    }
    for (int i = 0; i < types.length; i++) {
      if (!types[i].isInstance(arguments[i])) {
        return false;
      }
    }
    return true;
  }

  private static void endWithParent(Path home) {
    try {
      while (System.in.read() >= 0) {}
    } catch (IOException gone) {
      // The same as its end.
    }
    if (home != null) {
      remove(home);
    }
    Runtime.getRuntime().halt(0);
  }

  private static void remove(Path home) {
    try (var files = Files.walk(home)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (Exception stillInUse) {
      // The parent removes what is left.
    }
  }
}
