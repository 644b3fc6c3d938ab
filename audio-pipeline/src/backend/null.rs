//! Devices that are always there, silent and deaf: for servers, tests and machines without sound.

use super::pace::Pace;
use super::{
    Backend, BackendError, BackendErrorKind, DeviceId, DeviceInfo, DeviceList, ErrorSink,
    OpenStream,
};
use crate::downlink::PlaybackSink;
use crate::frame::{BLOCK_SAMPLES, SAMPLE_RATE};
use crate::uplink::CaptureSink;

/// Silence in, nothing out, at the right pace.
#[derive(Clone, Copy, Debug, Default)]
pub struct NullBackend;

fn device() -> DeviceInfo {
    DeviceInfo {
        id: DeviceId("null".to_owned()),
        name: "None".to_owned(),
        is_default: true,
    }
}

pub(super) fn paced(
    device: DeviceInfo,
    tick: impl FnMut() + Send + 'static,
) -> Result<OpenStream, BackendError> {
    let pace = Pace::start(tick)
        .map_err(|error| BackendError::new(BackendErrorKind::Other, error.to_string()))?;
    Ok(OpenStream {
        device,
        rate: SAMPLE_RATE,
        callback_frames: BLOCK_SAMPLES as u32,
        stream: Box::new(pace),
    })
}

impl Backend for NullBackend {
    fn again(&self) -> Box<dyn Backend> {
        Box::new(*self)
    }

    fn devices(&mut self) -> Result<DeviceList, BackendError> {
        Ok(DeviceList {
            inputs: vec![device()],
            outputs: vec![device()],
        })
    }

    fn open_input(
        &mut self,
        _id: Option<&DeviceId>,
        mut sink: CaptureSink,
        _on_error: ErrorSink,
    ) -> Result<OpenStream, BackendError> {
        paced(device(), move || {
            sink.push(&[0.0_f32; BLOCK_SAMPLES], 1, |sample| sample);
        })
    }

    fn open_output(
        &mut self,
        _id: Option<&DeviceId>,
        mut sink: PlaybackSink,
        _on_error: ErrorSink,
    ) -> Result<OpenStream, BackendError> {
        paced(device(), move || {
            sink.fill(&mut [0.0_f32; BLOCK_SAMPLES], 1, |sample| sample);
        })
    }
}
