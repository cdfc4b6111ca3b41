namespace Slipway.Linux;

/// <summary>Flags of mount(2) (MS_*).</summary>
[Flags]
public enum MountFlags
{
    None = 0,
    ReadOnly = 0x1,
    NoSetId = 0x2,
    NoDevices = 0x4,
    NoExecute = 0x8,
    Remount = 0x20,
    Bind = 0x1000,
    Recursive = 0x4000,
    Private = 0x40000,
    Slave = 0x80000,
}
