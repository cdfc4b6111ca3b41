using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Slipway.Api;
using Slipway.Build.Running;
using Slipway.Daemon.Collection;

namespace Slipway.Daemon.Api;

/// <summary>Says what takes how much room.</summary>
internal sealed class StoreRoomDoor(StoreRoom room, CacheFolders mounts)
{
    public void Map(WebApplication app) => app.MapGet(Routes.StoreRoom, RoomAsync);

    private async Task RoomAsync(HttpContext http)
    {
        IReadOnlyList<CacheMountUse> found = await Task.Run(() => mounts.List(http.RequestAborted), http.RequestAborted);
        IReadOnlyList<RoomOf> kinds = await Task.Run(() => room.MeasureAsync(found, http.RequestAborted), http.RequestAborted);
        StoreRoomInfo info = new(
            [.. kinds.Select(kind => new RoomEntry(kind.Kind, kind.Count, kind.Active, kind.Bytes, kind.Reclaimable))],
            [.. found.Select(mount => new CacheMountInfo(mount.Id, mount.Bytes, mount.Used, mount.IsHeld))]);
        await Answer.JsonAsync(http, info, ApiJson.Default.StoreRoomInfo);
    }
}
