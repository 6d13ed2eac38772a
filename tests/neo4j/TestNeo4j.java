import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;

/**
 * Starts Neo4j in args[0] with the settings file args[1], prints "PORT n", and ends when its standard input closes.
 *
 * <p>Neo4j's classes are for a newer Java than this file is compiled with, hence the reflection.
 */
public final class TestNeo4j {
  public static void main(String[] args) throws Exception {
    Path home = Path.of(args[0]);
    Thread parent = new Thread(() -> endWithParent(home), "parent");
    parent.setDaemon(true);
    parent.start();
    try {
      System.out.println("PORT " + start(home, Path.of(args[1])));
      System.out.flush();
    } catch (Throwable failure) {
      failure.printStackTrace();
      Runtime.getRuntime().halt(1);
    }
    parent.join();
  }

  private static int start(Path home, Path settings) throws Exception {
    Class<?> builderClass = Class.forName("org.neo4j.dbms.api.DatabaseManagementServiceBuilder");
    Object builder = builderClass.getConstructor(Path.class).newInstance(home);
    call(builder, builderClass, "loadPropertiesFromFile", settings);
    Object service = call(builder, builderClass, "build");
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
    try (var files = Files.walk(home)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.deleteIfExists(file);
      }
    } catch (Exception stillInUse) {
      // The parent removes what is left.
    }
    Runtime.getRuntime().halt(0);
  }
}
