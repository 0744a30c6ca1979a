import { expect, test } from "@jest/globals";
import { helmEnvironment } from "./helm-environment.ts";

test("keeps what a program needs and drops what changes a rendering", () => {
  const env = {
    PATH: "/bin",
    HOME: "/home/me",
    HTTPS_PROXY: "http://proxy",
    UNSET: undefined,
    HELM_NAMESPACE: "mine",
    HELM_PLUGINS: "/plugins",
    HELM_DEBUG: "1",
    HELM_DATA_HOME: "/mine",
    KUBECONFIG: "/kube",
    KUBERNETES_SERVICE_HOST: "10.43.0.1",
    XDG_DATA_HOME: "/data",
  };
  expect(helmEnvironment(env, "/cache")).toEqual({
    PATH: "/bin",
    HOME: "/home/me",
    HTTPS_PROXY: "http://proxy",
    HELM_CACHE_HOME: "/cache/helm-home/cache",
    HELM_CONFIG_HOME: "/cache/helm-home/config",
    HELM_DATA_HOME: "/cache/helm-home/data",
  });
});
