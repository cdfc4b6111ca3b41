namespace Slipway.Engine;

/// <summary>
/// A layer has something that a layer mount does not show as an unpacked layer would, or that must be refused. Never leaves the folder of layer mounts: such a layer is
/// unpacked, and what is to be refused is refused there, in one place and with one message.
/// </summary>
internal sealed class OddLayerException(string why) : Exception(why);
