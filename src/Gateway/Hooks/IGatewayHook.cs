namespace AiGateway.Hooks;

/// <summary>
/// Something an embedder adds to every call: implement one or several of <see cref="IAuthenticationHook"/>,
/// <see cref="IRequestHook"/>, <see cref="IStreamHook"/>, <see cref="IResponseHook"/> and <see cref="IErrorHook"/>,
/// and register the class as a singleton <see cref="IGatewayHook"/>. Hooks run in registration order, on every endpoint,
/// streamed or not, and concurrently for concurrent calls. A hook that throws a
/// <see cref="Protocol.GatewayException"/> answers with that error; any other exception is a 500 that says nothing of it.
/// </summary>
public interface IGatewayHook;
